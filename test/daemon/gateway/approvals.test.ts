import { describe, expect, it } from 'vitest';
import { isSamePerson } from '../../../src/daemon/gateway/approvals/persons.ts';
import { stores } from '../../helpers/stores.ts';
import { server, startOwning } from './owners-set-up.ts';

const day = 86_400_000;

describe.each(stores)('what takes a second person on $name', ({ open }) => {
  /** Ada owns a server; olga and otto are operators, who need somebody for deleting it. */
  async function start() {
    const owning = await startOwning(open);
    const { ask, tokenOf } = owning;
    const [ada, olga, otto] = [
      await tokenOf('ada@x.test'),
      await tokenOf('olga@x.test', 'operator'),
      await tokenOf('otto@x.test', 'operator'),
    ];
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    const remove = (token = olga) => ask(token, 'DELETE', `servers/${id}`);
    return { ...owning, ada, olga, otto, id, remove };
  }

  it('is refused with the number of what waits, passes once when somebody else has approved it, and then asks anew', async () => {
    const { remove, serve, olga, otto, id, sandbox, store } = await start();
    const refused = await remove();
    expect(refused).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'forbidden',
          message: 'servers:delete takes a second person: approval 1 was asked for; cloudctl approval approve 1',
        },
      },
    });
    // The same request is one, also when it is asked again and at once.
    await Promise.all([remove(), remove(), remove()]);
    expect(await serve('approval', 'list', { token: otto })).toMatchObject([
      {
        id: 1,
        requester: 'token ci (olga@x.test)',
        method: 'DELETE',
        path: `servers/${id}`,
        target_name: 'web-1',
        state: 'waiting',
      },
    ]);
    await expect(serve('approval', 'approve', { token: olga, id: 1 })).rejects.toThrow('it takes a second person');
    expect(await serve('approval', 'approve', { token: otto, id: 1 })).toMatchObject({
      approval: { state: 'approved', decided_by: 'token ci (otto@x.test)' },
    });
    await expect(serve('approval', 'deny', { token: otto, id: 1 })).rejects.toThrow('approval 1 is approved');
    const both = await Promise.all([remove(), remove()]);
    expect(both.map(({ status }) => status).sort()[0]).toBe(200);
    expect(sandbox.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(await serve('approval', 'describe', { id: 1 })).toMatchObject({ approval: { state: 'used' } });
    const told = await store.db.selectFrom('inbox').select('title').execute();
    expect(told.map(({ title }) => title)).toContain(
      `token ci (olga@x.test) asks for a second person: DELETE /v1/servers/${id}`,
    );
    const events = await store.db.selectFrom('events').select('type').where('type', 'like', 'approval.%').execute();
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['approval.asked', 'approval.approved']));
  });

  it('is another request with another body, of which the store has nothing to read and the approver no secrets', async () => {
    const { ask, people, serve, store, id, otto } = await start();
    await people.role('rescuer', { 'servers:read': 'all', 'images:read': 'all', 'servers:takeover': 'approve' });
    const rita = await people.token(await people.user('rita@x.test', { role: 'rescuer' }));
    const rebuild = (user_data: string) =>
      // The refusal is not what is answered again under that key.
      ask(
        rita,
        'POST',
        `servers/${id}/actions/rebuild`,
        { image: 'debian-13', user_data },
        { 'idempotency-key': user_data.padEnd(16, '-').replaceAll(' ', '-') },
      );
    const first = await rebuild('a secret');
    expect(first.body.error.message).toMatch('servers:takeover takes a second person: approval 1 was asked for');
    expect((await rebuild('another')).body.error.message).toMatch('approval 2 was asked for');
    const { approval } = await serve('approval', 'describe', { token: otto, id: 1 });
    expect(approval.body).toEqual({ image: 'debian-13', user_data: expect.not.stringMatching('secret') });
    const rows = await store.db.selectFrom('approvals').selectAll().execute();
    expect(JSON.stringify(rows)).not.toMatch(/secret|debian/);
    await serve('approval', 'approve', { token: otto, id: 1 });
    expect((await rebuild('another')).status).toBe(403);
    expect((await rebuild('a secret')).status).toBe(201);
  });

  it('may be approved by who owns it, is seen by who asked and who owns it, and by no other client', async () => {
    const { remove, serve, ada, olga, tokenOf } = await start();
    await remove();
    const bob = await tokenOf('bob@x.test');
    expect(await serve('approval', 'list', { token: bob })).toEqual([]);
    await expect(serve('approval', 'approve', { token: bob, id: 1 })).rejects.toMatchObject({ code: 'not_found' });
    expect(await serve('approval', 'list', { token: olga })).toHaveLength(1);
    expect(await serve('approval', 'approve', { token: ada, id: 1 })).toMatchObject({
      approval: { state: 'approved' },
    });
    expect((await remove()).status).toBe(200);
  });

  it('ends with the ownership under which it was given: whose it is by then has agreed to nothing', async () => {
    const { ask, remove, serve, ada, otto, olga, tokenOf, id, sandbox } = await start();
    await tokenOf('bob@x.test');
    await remove();
    await serve('approval', 'approve', { token: ada, id: 1 });
    // Another request about it, and one about something of a like number, which goes on.
    const backups = `servers/${id}/actions/disable_backup`;
    await ask(olga, 'POST', backups);
    await serve('approval', 'approve', { token: otto, id: 2 });
    const other = (await ask(ada, 'POST', 'networks', { name: 'n', ip_range: '10.0.0.0/16' })).body.network.id;
    await ask(olga, 'DELETE', `networks/${other}`);
    await serve('approval', 'approve', { token: ada, id: 3 });
    await serve('owner', 'transfer', { type: 'servers', id, to: 'user-4' });
    expect((await remove()).body.error.message).toMatch('approval 4 was asked for');
    expect((await ask(olga, 'POST', backups)).body.error.message).toMatch('approval 5 was asked for');
    expect(sandbox.state.servers.has(id)).toBe(true);
    expect((await ask(olga, 'DELETE', `networks/${other}`)).status).toBe(204);
  });

  it('stays refused when it was denied, and can be withdrawn by who asked', async () => {
    const { remove, serve, otto, olga, move } = await start();
    await remove();
    await serve('approval', 'deny', { token: otto, id: 1 });
    expect((await remove()).body.error.message).toBe(
      'servers:delete takes a second person: approval 1 was denied by token ci (otto@x.test)',
    );
    move(day);
    expect((await remove()).body.error.message).toMatch('approval 2 was asked for');
    await serve('approval', 'deny', { token: olga, id: 2 });
  });

  it('expires after a day, waiting or approved', async () => {
    const { remove, serve, otto, move } = await start();
    await remove();
    await serve('approval', 'approve', { token: otto, id: 1 });
    move(day);
    expect(await serve('approval', 'list', { state: ['expired'] })).toMatchObject([{ id: 1, state: 'expired' }]);
    expect((await remove()).body.error.message).toMatch('approval 2 was asked for');
    move(day);
    await expect(serve('approval', 'approve', { token: otto, id: 2 })).rejects.toThrow('approval 2 is expired');
  });
});

describe('two who may be one person', () => {
  it('are known by their user, their name, whose token it is, and who acts as somebody', () => {
    const ada = { name: 'ada@x.test', user: 1 };
    expect(isSamePerson(ada, { name: 'token ci (ada@x.test)', user: 1 })).toBe(true);
    expect(isSamePerson(ada, { name: 'token ci (ada@x.test)', user: null })).toBe(true);
    expect(isSamePerson({ name: 'bob@x.test', user: 2 }, { name: 'ada@x.test (by bob@x.test)', user: 1 })).toBe(true);
    expect(isSamePerson({ name: 'token ci (ada@x.test)', user: 1 }, { name: 'token ci (bob@x.test)', user: 2 })).toBe(
      false,
    );
    expect(isSamePerson(ada, { name: 'bob@x.test', user: 2 })).toBe(false);
  });
});
