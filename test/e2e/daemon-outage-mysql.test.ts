import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasMysql } from '../helpers/stores.ts';
import type { RunningDaemon } from './daemon.ts';
import { type Gate, openGate } from './daemon-outage.ts';
import { hasRedis, openSite, pause, records, type Site, until } from './daemon-two.ts';

/** Milliseconds that the database is gone. */
const outage = Number(process.env.CLOUDCTL_OUTAGE ?? 3000);

describe.runIf(hasMysql && hasRedis)('a daemon whose database is taken away while schedules run', () => {
  let site: Site;
  let gate: Gate;
  let daemon: RunningDaemon;
  beforeEach(async () => {
    site = await openSite({ speed: Number.POSITIVE_INFINITY, seed: { servers: 2 } });
    gate = await openGate(site.database);
    daemon = await site.start(site.state(), { env: { CLOUDCTLD_STORE: gate.url } });
    const body = { name: 'often', cron: '* * * * * *', servers: ['web-0001', 'web-0002'], keep_last: 2 };
    expect((await daemon.call('POST', '/cloudctl/v1/schedules', body)).status).toBe(201);
  });
  afterEach(async () => {
    await gate.close();
    await site.close();
  });

  const create = (name: string) =>
    daemon.call('POST', '/cloudctl/v1/schedules', {
      name,
      cron: '0 3 * * *',
      servers: ['web-0001'],
      keep_last: 1,
    });
  const lines = (message: string) => records(daemon).filter(({ msg }) => msg === message).length;
  const doneFrom = (now: number, ms = 20_000) =>
    until(
      'a backup that became due after this',
      async () => (await site.read("SELECT id FROM runs WHERE due > ? AND state = 'done'", [now])).length > 0,
      ms,
    );

  it('stays up, says what is wrong, claims nothing that was not done, and goes on', {
    timeout: 60_000 + 2 * outage,
  }, async () => {
    await doneFrom(0);
    // Changes are asked for all the time, so that some are under way when it goes and when it comes.
    const answers = new Map<string, { status: number; text: string }>();
    let isAsking = true;
    const asking = (async () => {
      for (let at = 0; isAsking; at += 1) {
        const name = `change-${at}`;
        const { status, body } = await create(name);
        answers.set(name, { status, text: JSON.stringify(body) });
        await pause(20);
      }
    })();
    await until('some were made', () => answers.size > 5);
    await gate.cut();
    const gone = Date.now();
    const ready = await until('it is known to be gone', async () => {
      const answer = await daemon.call('GET', '/readyz');
      return answer.status === 503 && answer;
    });
    expect(ready.body).toMatchObject({ ready: false, store: { writable: false } });
    expect(ready.body.store.error).toMatch(/^mysql:\/\/.*(nothing listens there|connection was lost)/);
    expect((await daemon.call('GET', '/healthz')).status).toBe(200);
    expect((await daemon.call('GET', '/cloudctl/v1/schedules')).status).toBe(503);
    await pause(outage - (Date.now() - gone));
    await gate.open();
    const back = Date.now();
    await until('it is ready again', async () => (await daemon.call('GET', '/readyz')).status === 200);
    // What came meanwhile is caught up with, and what comes is done.
    const caughtUp = await until('a due time of the outage is made up for', async () => {
      const rows = await site.read('SELECT due FROM runs WHERE due BETWEEN ? AND ?', [gone, back + 2000]);
      return rows.length > 0 && rows;
    });
    expect(caughtUp.length).toBeGreaterThan(0);
    await doneFrom(back);
    isAsking = false;
    await asking;

    const names = new Set((await site.read('SELECT name FROM schedules')).map(({ name }) => name));
    const statuses = new Set([...answers.values()].map(({ status }) => status));
    expect([...statuses].sort()).toEqual([201, 503]);
    for (const [name, { status, text }] of answers) {
      if (status === 201) expect(names, `${name}: ${text}`).toContain(name);
      else if (!text.includes('may have been done')) expect(names, `${name}: ${text}`).not.toContain(name);
    }
    expect(lines('tick failed')).toBeLessThanOrEqual(2);
    expect(lines('ticks go on')).toBe(1);
    // The queue looks each 5 s only, and may not have noticed.
    const noticed = lines('the store cannot be asked for jobs');
    expect(noticed).toBeLessThanOrEqual(1);
    await until('the queue is told that it is back', () => lines('the store answers again') === noticed);
    const verified = await daemon.call('GET', '/cloudctl/v1/audit_entries/verify');
    expect(verified.body).toMatchObject({ verification: { intact: true } });

    // One that hangs is told of within seconds too.
    gate.hang();
    const begun = Date.now();
    expect(await daemon.call('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { store: { writable: false, error: expect.stringContaining('does not answer') } },
    });
    expect(Date.now() - begun).toBeLessThan(5000);
    await gate.open();
    await until('it is ready again', async () => (await daemon.call('GET', '/readyz')).status === 200);
    expect(await daemon.stop()).toBe(0);
  });
});
