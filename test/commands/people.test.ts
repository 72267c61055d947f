import { describe, expect, it } from 'vitest';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { entering } from '../daemon/people/people.ts';
import { run, temporaryHome } from '../helpers/run.ts';

async function desk() {
  const api = await openApi();
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome(), CLOUDCTL_YES: '1' };
  const people = entering(api.store, api.clock.now);
  for (const email of ['ada@x.test', 'ben@x.test', 'carl@y.test']) await people.user(email);
  const roles = async () => {
    const rows = await api.store.db.selectFrom('users').select(['email', 'role']).orderBy('id').execute();
    return rows.map(({ role }) => role);
  };
  return { ...api, roles, cloudctl: (line: string) => run(undefined, line, { env }) };
}

describe('cloudctl role grant', () => {
  it('gives a role to a user, to several, and to those who match a pattern', async () => {
    const { cloudctl, roles, entries } = await desk();
    expect(await cloudctl('role grant operator --user ada@x.test')).toMatchObject({ status: 0, err: '' });
    expect(await roles()).toEqual(['operator', 'client', 'client']);
    expect((await cloudctl("role grant viewer --user '*@x.test' -o id")).status).toBe(0);
    expect(await roles()).toEqual(['viewer', 'viewer', 'client']);
    const several = await cloudctl('role grant auditor --user 1 --user carl@y.test -o json');
    expect(JSON.parse(several.out)).toMatchObject([
      { target: '1', ok: true },
      { target: 'carl@y.test', ok: true },
    ]);
    expect(await roles()).toEqual(['auditor', 'viewer', 'auditor']);
    expect(new Set((await entries()).map(({ action }) => action))).toEqual(new Set(['user.update']));
  });

  it('says what it would send, and wants both a role that there is and a user', async () => {
    const { cloudctl, roles } = await desk();
    const rehearsed = await cloudctl('role grant operator --user ada@x.test --dry-run -o json');
    expect(JSON.parse(rehearsed.out)).toMatchObject({ requests: [{ method: 'PUT', body: { role: 'operator' } }] });
    expect(await cloudctl('role grant operator')).toMatchObject({ status: 2, err: expect.stringContaining('--user') });
    expect((await cloudctl('role grant --user ada@x.test')).status).toBe(2);
    expect((await cloudctl('role grant operator --user nobody@x.test')).status).toBe(5);
    const king = await cloudctl('role grant king --user ada@x.test');
    expect(king).toMatchObject({ status: 6, err: expect.stringContaining('king') });
    expect(await roles()).toEqual(['client', 'client', 'client']);
  });
});

describe('cloudctl quota', () => {
  it('has show for describe, and unset for delete', async () => {
    const { cloudctl, others } = await desk();
    others.quota.rows.push({ id: 1, name: 'team-web/servers', owner: 'team-web', type: 'servers', most: 5 });
    expect((await cloudctl('quota show team-web/servers -o json')).out).toBe(
      (await cloudctl('quota describe team-web/servers -o json')).out,
    );
    expect((await cloudctl('quota unset team-web/servers')).status).toBe(0);
    expect(others.quota.rows).toEqual([]);
  });
});
