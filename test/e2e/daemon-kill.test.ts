import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { randomOf } from '../helpers/random.ts';
import { type Answer, buildFastDaemon, type RunningDaemon, startDaemon, temporaryState } from './daemon.ts';
import { fastClock } from './fast-clock.ts';

// Each is a whole start of the daemon; `npm run torture` has a thousand.
const kills = Number(process.env.CLOUDCTL_DAEMON_KILLS ?? 50);
const servers = 3;
const kept = 1;

interface Deed {
  readonly kind: 'made' | 'deleted';
  readonly image: number;
  readonly server: number;
  readonly run: string;
}

describe('a daemon that is killed at any moment', () => {
  it(`has lost nothing that it acknowledged, made no image twice and deleted none that its rules keep, after ${kills} kills`, {
    timeout: 60_000 + kills * 3_000,
  }, async () => {
    const seed = Number(process.env.CLOUDCTL_SEED ?? Date.now() % 1e6);
    const random = randomOf(seed);
    const deeds: Deed[] = [];
    const images = new Map<number, Deed>();
    let requests = 0;
    let killAt = Number.POSITIVE_INFINITY;
    let daemon: RunningDaemon | undefined;
    const sandbox = await startSandbox({
      clock: fastClock(),
      rateLimit: 1e9,
      seed: { servers },
      observe: ({ method, path, status, requestBody, responseBody }) => {
        requests += 1;
        note(method, path, status, requestBody, responseBody);
        if (requests >= killAt) void daemon?.child.kill('SIGKILL');
      },
    });
    function note(method: string, path: string, status: number, sent: Answer, answer: Answer) {
      const made = /^\/v1\/servers\/(\d+)\/actions\/create_image$/.exec(path);
      if (method === 'POST' && made && status === 201) {
        const deed: Deed = {
          kind: 'made',
          image: answer.image.id,
          server: Number(made[1]),
          run: sent.labels['cloudctl/run'],
        };
        images.set(deed.image, deed);
        deeds.push(deed);
      }
      const gone = /^\/v1\/images\/(\d+)$/.exec(path);
      if (method === 'DELETE' && gone && status < 300) {
        deeds.push({ ...images.get(Number(gone[1]))!, kind: 'deleted' });
      }
    }

    const state = temporaryState();
    const program = buildFastDaemon();
    const start = () => startDaemon({ hetzner: sandbox, state, program });
    const acknowledged: string[] = [];
    try {
      daemon = await start();
      for (let at = 0; at < kills; at += 1) {
        // Half of the kills hit a request to Hetzner, the others a moment.
        requests = 0;
        killAt = random() < 0.5 ? 1 + Math.floor(random() * 25) : Number.POSITIVE_INFINITY;
        const ended = new Promise(resolve => daemon!.child.once('close', resolve));
        const timer = setTimeout(() => daemon!.child.kill('SIGKILL'), 50 + random() * 600);
        const name = `s${at}`;
        const spec = {
          servers: [`web-000${1 + (at % servers)}`],
          cron: '*/5 * * * *',
          keep_last: kept,
          grace: 0,
          window: 1_800_000,
        };
        // Most of its requests are of the first schedules; the later ones are there to be lost.
        const body = at < 3 ? { name, ...spec } : { name, ...spec, cron: '0 3 * * *' };
        const answer = await daemon.call('POST', '/cloudctl/v1/schedules', body).catch(() => undefined);
        if (answer !== undefined && answer.status < 300) acknowledged.push(name);
        else expect(answer?.body).toBeUndefined();
        await ended;
        clearTimeout(timer);
        daemon = await start();
      }
      killAt = Number.POSITIVE_INFINITY;
      const listed = await daemon.call('GET', '/cloudctl/v1/schedules?per_page=50&page=1');
      expect(listed.status).toBe(200);
      expect(await daemon.stop()).toBe(0);
    } finally {
      daemon?.child.kill('SIGKILL');
      await sandbox.stop();
    }

    const store = new Database(join(state, 'cloudctl.db'), { readonly: true });
    expect(store.pragma('integrity_check', { simple: true }), `seed ${seed}`).toBe('ok');
    const names = new Set(store.prepare('SELECT name FROM schedules').pluck().all());
    expect(acknowledged.filter(name => !names.has(name))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(kills / 4);

    // Each run made one image; where a reply was lost for good, the second is known as what it is.
    const duplicates = new Set(store.prepare("SELECT id FROM images WHERE state = 'duplicate'").pluck().all());
    const counted = new Map<string, number>();
    for (const { kind, run, image } of deeds) {
      if (kind === 'made' && !duplicates.has(image)) counted.set(run, (counted.get(run) ?? 0) + 1);
    }
    expect([...counted].filter(([, count]) => count > 1)).toEqual([]);
    expect(counted.size).toBeGreaterThan(kills / 20);

    // Whenever an image went, as many newer ones of the same server as the rule keeps were there.
    const present = new Map<number, Deed>();
    let deleted = 0;
    for (const deed of deeds) {
      if (deed.kind === 'made') present.set(deed.image, deed);
      else {
        deleted += 1;
        present.delete(deed.image);
        const newer = [...present.values()].filter(({ server, image }) => server === deed.server && image > deed.image);
        expect(newer.length, `seed ${seed}: image ${deed.image} was deleted`).toBeGreaterThanOrEqual(kept);
      }
    }
    expect(deleted).toBeGreaterThan(0);
    console.log(
      `seed ${seed}: ${counted.size} images, ${deleted} deleted, ${duplicates.size} duplicates; runs ${JSON.stringify(store.prepare('SELECT state, reason, count(*) n FROM runs GROUP BY state, reason').all())}`,
    );
    store.close();
  });
});
