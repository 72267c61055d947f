import { describe, expect, it } from 'vitest';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { run, temporaryHome } from '../helpers/run.ts';

async function desk() {
  const api = await openApi();
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  const add = (unique_key: string, state: 'waiting' | 'active' | 'done' | 'dead') =>
    api.store.db
      .insertInto('jobs')
      .values({
        unique_key,
        name: 'backup',
        payload: '{"run":"r"}',
        state,
        run_at: 1_700_000_000_000,
        attempts: 3,
        fence: 1,
        worker: null,
        lease_until: null,
        error_code: state === 'dead' ? 'refused' : null,
        error_message: state === 'dead' ? 'no room' : null,
        created: 1_700_000_000_000,
        finished: null,
      })
      .execute();
  return { ...api, add, cloudctl: (line: string) => run(undefined, line, { env }) };
}

describe('cloudctl job', () => {
  it('lists jobs newest first, by state, with why they died', async () => {
    const { add, cloudctl } = await desk();
    await add('a', 'waiting');
    await add('b', 'dead');
    const { out } = await cloudctl('job list -o columns=id,name,key,state,run_at,attempts,error');
    expect(out).toBe(
      [
        'ID   NAME     KEY   STATE     RUN AT                     ATTEMPTS   ERROR',
        '2    backup   b     dead      2023-11-14T22:13:20.000Z   3          no room',
        '1    backup   a     waiting   2023-11-14T22:13:20.000Z   3          -',
        '',
      ].join('\n'),
    );
    expect((await cloudctl('job list --state waiting -o id')).out).toBe('1\n');
    expect(JSON.parse((await cloudctl('job describe b -o json')).out)).toMatchObject({ id: 2, payload: { run: 'r' } });
  });

  it('tries a dead job again now, and no other', async () => {
    const { add, cloudctl, store } = await desk();
    await add('a', 'dead');
    await add('b', 'active');
    expect((await cloudctl('job retry 1')).status).toBe(0);
    const row = await store.db.selectFrom('jobs').selectAll().where('id', '=', 1).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await cloudctl('job retry b')).toMatchObject({ status: 6, err: expect.stringMatching('job 2 is active') });
    expect((await cloudctl('job retry 9')).status).toBe(5);
  });

  it('gives up jobs that wait or are dead, after asking', async () => {
    const { add, cloudctl, store } = await desk();
    await add('a', 'dead');
    await add('b', 'active');
    expect((await cloudctl('job drop a')).status).toBe(2);
    expect((await cloudctl('job drop a --yes')).status).toBe(0);
    expect(await cloudctl('job drop b --yes')).toMatchObject({ status: 6 });
    const rows = await store.db.selectFrom('jobs').select(['unique_key', 'state']).orderBy('id').execute();
    expect(rows).toEqual([
      { unique_key: 'a', state: 'done' },
      { unique_key: 'b', state: 'active' },
    ]);
  });
});
