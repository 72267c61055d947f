import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/core/notify/message.ts';
import { randomOf } from '../helpers/random.ts';
import { openReceiver } from '../helpers/receiver.ts';
import { hasMysql } from '../helpers/stores.ts';
import { buildFastDaemon, type RunningDaemon } from './daemon.ts';
import { hasRedis, openSite, pause, type Site, until } from './daemon-two.ts';
import { fastClock } from './fast-clock.ts';

const rounds = Number(process.env.CLOUDCTL_ROUNDS ?? 10);
/** A minute of the fast clock: a second. */
const lease = { env: '60s', ms: 1000 };
/** Checks that go down in a round, and come back in the next one. */
const each = 3;

/** Takes a daemon away for about so many milliseconds; resolves with who works on in its place. */
type Away = (site: Site, daemon: RunningDaemon, ms: number) => Promise<RunningDaemon>;

const stop: Away = async (_, daemon, ms) => {
  daemon.child.kill('SIGSTOP');
  try {
    await pause(ms);
  } finally {
    daemon.child.kill('SIGCONT');
  }
  return daemon;
};

const kill: Away = async (site, daemon, ms) => {
  await daemon.kill();
  await pause(ms);
  return site.start(dirname(daemon.socket));
};

/** Lets what is watched go down and come back, a round each, while the daemon that tells of it is taken away: in the midst of a message in every other round, else at any moment. */
async function playRounds(away: Away) {
  const seed = Number(process.env.CLOUDCTL_SEED ?? Date.now() % 1e6);
  process.stdout.write(`seed ${seed} (CLOUDCTL_SEED replays its choices)\n`);
  const random = randomOf(seed);
  const env = { CLOUDCTLD_LEASE: lease.env, CLOUDCTLD_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' };
  const sandboxOptions = { clock: { now: fastClock().now }, seed: { servers: 1 } };
  const site = await openSite(sandboxOptions, { program: buildFastDaemon(), env });
  /** The path of what is down now. */
  let broken = '';
  const watched = await openReceiver(({ path }) => (path === broken ? 503 : 200));
  let isArmed = false;
  let returning: Promise<unknown> | undefined;
  const daemons: RunningDaemon[] = [];

  /** Takes away who sends, or either. */
  async function takeAway(): Promise<void> {
    const rows = await site.read("SELECT worker FROM jobs WHERE state = 'active' AND name = 'deliver'");
    const found = daemons.findIndex(({ child }) => rows.some(({ worker }) => String(worker).endsWith(`:${child.pid}`)));
    const at = found >= 0 ? found : Math.floor(random() * 2);
    returning = away(site, daemons[at]!, lease.ms + 200 + random() * 400).then(daemon => {
      daemons[at] = daemon;
    });
  }
  const sink = await openReceiver(() => answer => {
    const wasArmed = isArmed;
    isArmed = false;
    void (wasArmed ? takeAway() : pause(random() * 50)).then(() => answer.writeHead(204).end());
  });
  /** What has come, each id once. */
  const told = () => {
    const all = sink.received.map(({ body }) => (JSON.parse(body) as { data: Message }).data);
    const messages = all.flatMap(one => one.messages ?? [one]);
    return [...new Map(messages.map(one => [one.id, one])).values()];
  };

  try {
    const states = [site.state(), site.state()];
    daemons.push(...(await Promise.all(states.map(state => site.start(state)))));
    const make = async (path: string, body: object) => {
      const answer = await daemons[0]!.call('POST', `/cloudctl/v1/${path}`, body);
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    };
    await make('channels', { name: 'hook', type: 'webhook', url: sink.url });
    const timing = { group_wait: 10_000, group_interval: 30_000, repeat_interval: 30 * 86_400_000 };
    await make('routes', { name: 'all', channels: ['hook'], group_by: ['check'], ...timing });
    // New ones for each two rounds: what goes up and down all the time is told of as such.
    const names = Array.from({ length: Math.ceil(rounds / 2) * each }, (_, at) => `${Math.floor(at / each)}-${at}`);
    for (const name of names) {
      const url = `${watched.url}/${name.split('-')[0]}`;
      await make('checks', { name, type: 'http', url, interval: 30_000, count: 1 });
    }
    const areUp = async () => (await site.read("SELECT 1 FROM checks WHERE state <> 'up'")).length === 0;
    await until('all checks are up', areUp, 20_000);
    for (let round = 0; round < rounds; round += 1) {
      const isAmid = Math.floor(round / 2) % 2 === round % 2;
      isArmed = isAmid;
      broken = round % 2 === 0 ? `/${round / 2}` : '';
      if (!isAmid) {
        await pause(random() * 1500);
        await takeAway();
      }
      const isTold = () => told().length >= (round + 1) * each;
      await until(`all is told in round ${round} of seed ${seed}`, isTold, 30_000);
      await returning;
    }
    // What is told twice would come now.
    await pause(2 * lease.ms);

    for (const [index, check] of names.entries()) {
      const own = told().filter(({ labels }) => labels.check === check);
      const wanted = Math.floor(index / each) * 2 + 1 < rounds ? ['firing', 'resolved'] : ['firing'];
      expect(
        own.map(({ status }) => status),
        `${check}, seed ${seed}`,
      ).toEqual(wanted);
    }
    const bodies = new Map<string, string>();
    for (const { headers, body } of sink.received) {
      const id = String(headers['webhook-id']);
      expect(bodies.get(id) ?? body, `two messages of one id, seed ${seed}`).toBe(body);
      bodies.set(id, body);
    }
    const counts = await site.read('SELECT type, count(*) n FROM events GROUP BY type');
    const countOf = (type: string) => Number(counts.find(row => row.type === type)?.n ?? 0);
    const [begun, ended] = [names.length, each * Math.floor(rounds / 2)];
    expect([countOf('alert.firing'), countOf('alert.resolved')], `seed ${seed}`).toEqual([begun, ended]);
    expect([countOf('check.down'), countOf('delivery.dead')], `seed ${seed}`).toEqual([begun, 0]);
    const left = await site.read('SELECT state, count(*) n FROM deliveries GROUP BY state');
    expect(
      left.filter(({ state }) => state !== 'done' && state !== 'folded'),
      `seed ${seed}`,
    ).toEqual([]);
    expect(await Promise.all(daemons.map(daemon => daemon.stop()))).toEqual([0, 0]);
    return { seed, rounds, messages: bodies.size, requests: sink.received.length };
  } finally {
    await returning;
    await site.close();
  }
}

describe.runIf(hasMysql && hasRedis)('two daemons on one database and Redis', () => {
  it.each([
    ['stopped past its lease', stop],
    ['killed', kill],
  ])(
    `tell of each alert once although the one that tells is %s ${rounds} times`,
    { timeout: 60_000 + rounds * 20_000 },
    async (_, away) => {
      const report = await playRounds(away);
      process.stdout.write(`${JSON.stringify(report)}\n`);
      // In every other round a message was under way, and was sent once more by the other daemon.
      expect(report.requests).toBeGreaterThan(report.messages);
    },
  );
});
