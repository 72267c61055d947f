import type { Api } from '../../../src/core/api.ts';
import type { Message } from '../../../src/core/notify/message.ts';
import { useKey } from '../../../src/core/store/key.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { routeService } from '../../../src/daemon/alerts/services/route.ts';
import { silenceService } from '../../../src/daemon/alerts/services/silence.ts';
import { releasingAll } from '../../../src/daemon/checks/claim.ts';
import { openOutages } from '../../../src/daemon/checks/outages.ts';
import { createScheduler } from '../../../src/daemon/checks/scheduler.ts';
import { checkService } from '../../../src/daemon/checks/service/checks.ts';
import { openSources } from '../../../src/daemon/checks/sources.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { openReceiver, type Received } from '../../helpers/receiver.ts';
import { Killed, type Point, type Process, startProcess } from '../simulate/crash.ts';
import { openBench } from './bench.ts';

const [minute, hour] = [60_000, 3_600_000];

/** Who hears of it: `hook` of both servers, the others of one: `boss` since nobody acknowledges it, `late` answers from 40 minutes on, `bad` never takes anything, of which `spare` is told. */
export const listeners = ['hook', 'boss', 'late', 'bad', 'spare'] as const;
export type Listener = (typeof listeners)[number];

/** Receivers for one life after another. */
export async function openListeners() {
  const life = { begun: 0, now: () => 0, heard: (_: Listener): boolean => true };
  const answers: Record<Listener, () => number> = {
    hook: () => 200,
    boss: () => 200,
    late: () => (life.now() < life.begun + 40 * minute ? 503 : 200),
    bad: () => 400,
    spare: () => 200,
  };
  const taken = Object.fromEntries(listeners.map(name => [name, [] as Received[]])) as Record<Listener, Received[]>;
  const urls = {} as Record<Listener, string>;
  for (const name of listeners) {
    const { url } = await openReceiver(request => {
      const status = answers[name]();
      if (status === 200) taken[name].push(request);
      return life.heard(name) ? status : (_, socket) => socket.destroy();
    });
    urls[name] = url;
  }
  return { life, taken, urls };
}

export type Listeners = Awaited<ReturnType<typeof openListeners>>;

/** What happens at a point, and whether a listener may still answer whose request has come. */
export type Fault = (point: Point, process: Process) => void;

/** One daemon after another that watches two servers, tells of them and is interrupted; `fault` is asked at each commit and each message that has come. */
export async function liveThrough(store: Store, { life, taken, urls }: Listeners, fault: Fault): Promise<void> {
  const clock = fakeClock(Date.parse('2026-11-25T10:00:00Z'), { auto: false });
  const servers = ['web-1', 'db-1'].map((name, index) => ({ id: index + 1, name, status: 'running' }));
  const hetzner = {
    async *list() {
      yield* servers;
    },
  } as unknown as Api;
  for (const name of listeners) taken[name].length = 0;
  let counts = false;
  let process: Process;
  const reach = (point: Point) => {
    if (counts) fault(point, process);
  };
  Object.assign(life, { begun: clock.now(), now: clock.now });
  life.heard = name => {
    try {
      if (!process.isDead) reach(`call after ${name}`);
    } catch {
      return false;
    }
    return true;
  };

  async function start() {
    process = startProcess(store, hetzner, reach);
    const shared = store.dialect === 'mysql';
    const bench = await openBench({ store: process.store, hetzner: process.api, clock, shared, timeout: 10_000 });
    const { tools } = bench;
    if (!shared) await process.store.commit([releasingAll(process.store)]);
    const outages = await openOutages(tools, { host: 'host', probe: async () => true });
    const sources = openSources(tools, { key: useKey(Buffer.alloc(32, 7)), allowed: () => ['127.0.0.0/8'] });
    const scheduler = createScheduler(tools, { sources, outages, worker: 'daemon', stop: tools.signal });
    return { ...bench, scheduler, checks: checkService(tools, sources) };
  }
  let daemon = await start();

  async function turn(): Promise<void> {
    await daemon.scheduler.turn();
    // Checks are taken so long before their time.
    await clock.advance(1_500);
    await daemon.scheduler.drain();
    await daemon.turn();
    if (process.isDead) throw new Killed();
  }

  /** Lets time pass; who was killed is followed a minute later by another. */
  async function pass(ms: number): Promise<void> {
    for (const end = clock.now() + ms; clock.now() < end; ) {
      try {
        await turn();
        const next = await nextTime(store);
        await clock.advance(Math.min(Math.max(next - clock.now(), 1000), end - clock.now()));
      } catch (error) {
        if (!(error instanceof Killed) && (error as Error).message !== lost) throw error;
        await clock.advance(process.isDead ? minute : 1000);
        while (process.isDead) daemon = await start().catch(() => daemon);
      }
    }
  }

  for (const name of listeners) {
    const more = { fallback: name === 'spare', 'max-age': name === 'late' ? 10 * minute : 24 * hour };
    await daemon.addChannel(name, 'webhook', { url: urls[name], ...more });
  }
  const routes = routeService(daemon.tools);
  const slowly = { 'group-interval': 20 * minute };
  await daemon.call(routes, 'create', {
    ...{ name: 'web', match: ['check=web'], channel: ['hook', 'late', 'bad'], ...slowly },
    ...{ 'escalate-after': 10 * minute, 'escalate-to': ['boss'] },
  });
  await daemon.call(routes, 'create', { name: 'rest', channel: ['hook'], ...slowly });
  for (const { name } of servers) {
    const about = { name: name.slice(0, -2), type: 'state', server: name, interval: 15 * minute, count: 1 };
    await daemon.call(daemon.checks, 'create', about);
  }
  const silence = { match: ['check=db'], for: 25 * minute, reason: 'work' };
  await daemon.call(silenceService(daemon.tools), 'create', silence);
  await pass(16 * minute);
  counts = true;
  for (const server of servers) server.status = 'off';
  await pass(45 * minute);
  for (const server of servers) server.status = 'running';
  await pass(60 * minute);
}

/** What an interruption says that is no death. */
export const lost = 'the connection to the store was lost';

/** When something is due, or what was held comes free. */
async function nextTime({ db }: Store): Promise<number> {
  const checks = await db.selectFrom('checks').select(['next_due', 'lease_until']).execute();
  const jobs = await db.selectFrom('jobs').select(['run_at', 'lease_until']).where('state', '!=', 'done').execute();
  const groups = await db.selectFrom('alert_groups').select('next_at').execute();
  return Math.min(
    ...checks.map(one => Math.max(one.next_due, one.lease_until)),
    ...jobs.map(one => Math.max(one.run_at, (one.lease_until ?? 0) + 1)),
    ...groups.map(one => one.next_at),
  );
}

/** The messages that a listener has taken, those of digests by themselves, in order. */
export function told(all: readonly Received[]): Message[] {
  return all.flatMap(({ body }) => {
    const { data } = JSON.parse(body) as { data: Message };
    return data.messages ?? [data];
  });
}
