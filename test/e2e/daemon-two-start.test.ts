import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasMysql } from '../helpers/stores.ts';
import { hasRedis, openSite, records, type Site, until } from './daemon-two.ts';

describe.runIf(hasMysql && hasRedis)('daemons that share a database', () => {
  let site: Site;
  beforeEach(async () => {
    site = await openSite({ speed: Number.POSITIVE_INFINITY, seed: { servers: 1 } });
  });
  afterEach(() => site.close());

  it('may start at the same moment on an empty one, and are one daemon to who uses them', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => site.start(site.state())));
    const body = { name: 'nightly', cron: '0 3 * * *', servers: ['web-0001'], keep_last: 1 };
    expect((await one!.call('POST', '/cloudctl/v1/schedules', body)).status).toBe(201);
    expect((await two!.call('GET', '/cloudctl/v1/schedules')).body.schedules).toMatchObject([{ name: 'nightly' }]);
    expect((await two!.call('POST', '/cloudctl/v1/schedules', body)).status).toBe(422);
    expect(await Promise.all([one!.stop(), two!.stop()])).toEqual([0, 0]);
  });

  it('show in each list what was changed through the other one, and take from each other what they have read', async () => {
    const daemons = await Promise.all([1, 2].map(() => site.start(site.state())));
    const [server] = (await daemons[0]!.call('GET', '/v1/servers')).body.servers;
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = round % 2 === 0 ? daemons : daemons.toReversed();
      const changed = { name: `web-${round}` };
      expect((await one!.call('PUT', `/v1/servers/${server.id}`, changed)).status).toBe(200);
      expect((await other!.call('GET', '/v1/servers')).body.servers).toMatchObject([changed]);
      expect((await one!.call('GET', '/v1/servers')).body.servers).toMatchObject([changed]);
    }
    for (const daemon of daemons) {
      const { parts } = (await daemon.call('GET', '/readyz')).body;
      expect(parts.projects[0].borrowed).toBeGreaterThan(0);
    }
  });

  it('need the same key, and are told how they get it', async () => {
    await site.start(site.state());
    const state = site.state();
    writeFileSync(join(state, 'store.key'), randomBytes(32).toString('base64'));
    const log = await refused(site.start(state));
    expect(log).toContain('the key is not the one that the secrets of this store were stored with');
    expect(log).toContain('copy it from the state directory of one that runs');
    expect(log).not.toContain('restore');
  });

  it('end with a clear message where there is no database', async () => {
    const log = await refused(
      site.start(site.state(), { env: { CLOUDCTLD_STORE: 'mysql://root@127.0.0.1:1/cloudctl' } }),
    );
    expect(log).toContain('mysql://root@127.0.0.1:1/cloudctl: nothing listens there\nIs the server running?');
  });

  it('start and work without the Redis that is configured', async () => {
    const daemon = await site.start(site.state(), { env: { CLOUDCTLD_REDIS: 'redis://127.0.0.1:1' } });
    const body = { name: 'often', cron: '* * * * * *', servers: ['web-0001'], keep_last: 1 };
    expect((await daemon.call('POST', '/cloudctl/v1/schedules', body)).status).toBe(201);
    await until(
      'a backup is made',
      async () => (await site.read("SELECT id FROM runs WHERE state = 'done'")).length > 0,
    );
    expect(records(daemon).filter(({ msg }) => msg.startsWith('redis does not answer'))).toHaveLength(1);
    expect(await daemon.stop()).toBe(0);
  });
});

/** The log of a daemon that ends instead of starting. */
async function refused(starting: Promise<unknown>): Promise<string> {
  return starting.then(
    () => {
      throw new Error('it has started');
    },
    error => (error as Error).message,
  );
}
