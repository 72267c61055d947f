import { describe, expect, it } from 'vitest';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { fakeClock } from '../helpers/clock.ts';
import { run, temporaryHome } from '../helpers/run.ts';

async function desk() {
  const api = await openApi({ socketName: 'root@socket' });
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  return { ...api, cloudctl: (line: string, options = {}) => run(undefined, line, { env, ...options }) };
}

const create = (name: string) => `schedule create ${name} --server web-1 --cron '0 3 * * *'`;

describe('cloudctl audit', () => {
  it('lists who did what, newest first, by what is asked', async () => {
    const { cloudctl } = await desk();
    await cloudctl(create('a'));
    await cloudctl(create('a'));
    const all = await cloudctl('audit list -o columns=id,actor,action,target,result');
    expect(all.out).toBe(
      [
        'ID   ACTOR         ACTION            TARGET         RESULT',
        '4    root@socket   schedule.create   schedule a     refused',
        '3    root@socket   schedule.create   schedule a     begun',
        '2    root@socket   schedule.create   schedule 1 a   done',
        '1    root@socket   schedule.create   schedule a     begun',
        '',
      ].join('\n'),
    );
    expect((await cloudctl('audit list --result refused,failed -o id')).out).toBe('4\n');
    expect(
      (await cloudctl('audit list --action schedule.create --target a --actor root@socket -s id:asc -o id')).out,
    ).toBe('1\n2\n3\n4\n');
    expect((await cloudctl('audit list --actor nobody -o json')).out).toBe('[]\n');
    expect(await cloudctl('audit list --since yesterday')).toMatchObject({
      status: 2,
      err: expect.stringMatching("'yesterday' is neither a time nor a duration"),
    });
    // The daemon's clock of the test stands on 2026-11-23, the command line's a day later.
    const later = { clock: fakeClock(Date.parse('2026-11-24T08:00:00Z')) };
    expect((await cloudctl('audit list --since 25h -o id', later)).out).toBe('4\n3\n2\n1\n');
    expect((await cloudctl('audit list --since 23h -o id', later)).out).toBe('');
    expect((await cloudctl('audit export --since 25h', later)).out.trim().split('\n')).toHaveLength(4);
    expect((await cloudctl('audit export --since 23h', later)).out).toBe('');
    expect(JSON.parse((await cloudctl('audit describe 1 -o json')).out)).toMatchObject({ id: 1, result: 'begun' });
  });

  it('verifies the log, and fails when an entry was changed', async () => {
    const { cloudctl, store } = await desk();
    await cloudctl(create('a'));
    const good = await cloudctl('audit verify -o json');
    expect(good).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(good.out)).toMatchObject({ intact: true, entries: 2 });
    await store.db.updateTable('audit').set({ actor: 'somebody else' }).where('seq', '=', 1).execute();
    const bad = await cloudctl('audit verify');
    expect(bad).toMatchObject({ status: 6, err: expect.stringMatching('entry 1: it was changed') });
  });

  it('writes the whole log out, oldest first, more pages than one too', async () => {
    const { cloudctl } = await desk();
    for (let count = 0; count < 30; count += 1) await cloudctl(create(`s${count}`));
    const lines = (await cloudctl('audit export')).out.trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line).id)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const records = (await cloudctl('audit export --format syslog --target s3')).out.trimEnd().split('\n');
    expect(records).toHaveLength(2);
    expect(records[1]).toMatch(
      /^<109>1 \S+ - cloudctl - audit \[audit@32473 id="8" .*schedule\.create schedule s3: done$/,
    );
  });
});
