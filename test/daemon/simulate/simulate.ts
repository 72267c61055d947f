import type { Failure } from '../../../src/core/failure.ts';
import type { Log } from '../../../src/core/log.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { readMeta } from '../../../src/daemon/backup/clock.ts';
import { readNextDue } from '../../../src/daemon/backup/schedule.ts';
import { addSchedules, addServers } from './begin.ts';
import { Killed, type Process, startProcess } from './crash.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { checkEnd } from './end.ts';
import { openProject } from './hetzner.ts';
import { nextJob } from './next.ts';
import { actByHand, type People, resumeAll, thaw, type Wishes } from './people.ts';
import { chance } from './random.ts';
import { Broken, checkCall, checkOnce, checkPower, checkProgress, type Truth } from './rules.ts';
import { fateOf, type Weather } from './weather.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-01-01T00:00:00Z');
interface Options {
  /** Days at the end in which nothing goes wrong, so that what is left undone then is a fault. */
  readonly quiet?: number;
  readonly trace?: (line: string) => void;
}

/** What a simulated time came to. */
export interface Figures {
  readonly images: number;
  readonly deleted: number;
  readonly kills: number;
  readonly faults: number;
  readonly steps: number;
}

/** Lets a project of 20 servers live for so many days, with everything going wrong that the seed says; throws `Broken` when a rule is broken. The same seed is the same life. */
export async function simulate(seed: number, days = 365, { quiet = 40, trace }: Options = {}): Promise<Figures> {
  const dice = chance(seed);
  const luck = chance(seed ^ 0x5eed);
  const store = await openSqlite(':memory:');
  const end = start + (days + quiet) * day;
  const isQuiet = () => time > start + days * day;
  const weather: Weather = { share: 0, storm: 0, outage: 0 };
  const wishes: Wishes = { held: new Set(), frozen: false };
  const figures = { images: 0, deleted: 0, kills: 0, faults: 0, steps: 0 };
  let time = start;
  let offset = 0;
  /** When a daemon could first know that the clock had been turned; and whether one runs that will at its next tick. */
  let turned: number | undefined;
  let isTurned = false;
  let broken: unknown;
  let process: Process | undefined;
  let mayKill = true;
  const clock = { now: () => time + offset, sleep: async () => {} };
  const settings = { maxConcurrentImages: dice.pick([2, 5, 10]) };
  const say = (line: string) => trace?.(`${new Date(time).toISOString()} ${line}`);
  const fail = (error: unknown) => {
    broken ??= error;
    throw error;
  };

  const project = openProject({
    now: () => time,
    fate(method, path) {
      const { fate, takes } = byHand ? { fate: {}, takes: 0 } : fateOf(luck, weather, time, method, path);
      time += takes;
      if (fate.before || fate.after || fate.late !== undefined) figures.faults += 1;
      if (trace && method !== 'GET') say(`${method} ${path} ${describe(fate)}`);
      return fate;
    },
    after(method, path) {
      if (method === 'DELETE' && path.startsWith('images/')) figures.deleted += 1;
    },
    imaging() {
      figures.images += 1;
      const end = isQuiet() || !luck.is(0.03) ? 'good' : luck.pick(['error', 'vanish'] as const);
      const longest = isQuiet() || luck.is(0.9) ? minute : luck.is(0.95) ? 10 * minute : 8 * hour;
      return { takes: luck.between(4000, longest), end };
    },
    inspect: async (method, path) => {
      if (!byHand) await checkCall(truth, method, path).catch(fail);
    },
  });
  const truth: Truth = { store, project, wishes, now: clock.now, turned: () => turned };
  const log: Log = {
    debug() {},
    info: (message, fields) => say(`  ${message} ${JSON.stringify(fields)}`),
    warn: (message, fields) => say(`  ${message} ${JSON.stringify(fields)}`),
    error(message, fields) {
      say(`  ! ${message} ${JSON.stringify(fields)}`);
      if (message.startsWith('a bug') && !process?.isDead)
        broken ??= new Broken(`${message} ${JSON.stringify(fields)}`);
    },
  };
  const begin = async (): Promise<Daemon> => {
    process = startProcess(store, project, (point, self) => {
      if (!mayKill || isQuiet() || !luck.is(0.0008)) return;
      figures.kills += 1;
      say(`killed at ${point}`);
      self.kill();
    });
    return startDaemon({ store: process.store, hetzner: process.api, clock, random: luck.next, settings, log });
  };

  let byHand = false;
  addServers(project);
  await addSchedules(store, clock.now(), dice);
  let daemon: Daemon | undefined;
  let downUntil = 0;
  let nextDeed = start + dice.between(1, 48) * hour;
  let nextCheck = start + day;
  let imagesBefore = 0;
  let lastTick = 0;
  let nextTick = 0;
  let restore: { at: number; by: number } | undefined;
  const people: People = {
    ...{ chance: dice, project, wishes },
    tools: (await startDaemon({ store, hetzner: project, clock, random: dice.next })).tools,
  };

  while (time < end) {
    project.settle();
    if (!daemon && time >= downUntil) daemon = await begin().catch(whenKilled);
    if (daemon) await work(daemon).catch(whenKilled);
    figures.steps += 1;
    if (broken) throw broken;
    if (process?.isDead) {
      process = undefined;
      isTurned = false;
      nextTick = 0;
      daemon = undefined;
      downUntil = time + (dice.is(0.1) ? dice.between(1, 72) * hour : dice.between(5, 300) * 1000);
    }
    if (imagesBefore !== project.images.size) {
      imagesBefore = project.images.size;
      await checkOnce(store);
    }
    await checkPower(truth);
    if (time >= nextCheck) {
      nextCheck = time + day;
      if (offset === 0 && daemon) await checkProgress(truth);
    }
    if (restore && time >= restore.at) {
      turn(restore.by);
      restore = undefined;
    }
    if (time >= nextDeed) {
      nextDeed = time + dice.between(1, 60) * hour;
      if (!isQuiet()) await somethingHappens();
      else await calmDown();
      nextTick = Math.min(nextTick, await readNextDue(store));
    }
    // To the next full minute, in which several things may happen at once.
    time = Math.max(time + 1, Math.ceil((await whenNext()) / minute) * minute);
  }
  await checkOnce(store);
  await checkProgress(truth);
  await checkEnd(truth, start + (days + 2) * day);
  await store.close();
  return figures;

  /** A tick a quarter of a minute would do nothing most of the time, and a year of them take long. */
  async function work(daemon: Daemon): Promise<void> {
    const now = clock.now();
    if (now >= nextTick || now < lastTick) {
      const isBehind = now < lastTick - 5 * minute;
      try {
        await daemon.backups.tick(time);
      } finally {
        // One that was killed has been a tick all the same once its time was written down.
        if ((await readMeta(store, 'clock/last')) === String(now)) {
          // One that ran knows by its timer. One that did not can tell only from a clock that stands before its last tick.
          if (isTurned || isBehind) turned = now;
          isTurned = false;
          lastTick = now;
        }
      }
      nextTick = Math.min(await readNextDue(store), lastTick + day);
    }
    await daemon.drain();
  }

  function whenKilled(error: unknown): undefined {
    if (broken) throw broken;
    if (!(error instanceof Killed) && !process?.isDead) throw error;
  }

  async function whenNext(): Promise<number> {
    const job = daemon ? (await nextJob(store)) - offset : Math.max(time + 1, downUntil);
    // What could not be begun is tried again at the next tick.
    const tick = daemon ? Math.max(nextTick, lastTick + 30_000) - offset : end;
    const work = Math.min(job, tick);
    const power = project.nextChange();
    return Math.min(end, work, nextDeed, nextCheck, restore?.at ?? end, daemon ? end : power);
  }

  function turn(by: number): void {
    nextTick = 0;
    offset += by;
    say(`the clock is turned by ${by / minute} minutes`);
    if (daemon && Math.abs(by) > 5 * minute) isTurned = true;
  }

  async function somethingHappens(): Promise<void> {
    const kind = dice.between(1, 20);
    // Some days at the most: while the token may only read there is little to go wrong.
    if (project.readOnly) project.readOnly = dice.is(0.5);
    if (kind === 1) weather.outage = time + dice.between(5, 90) * minute;
    else if (kind <= 3) {
      weather.share = dice.pick([0.05, 0.2, 0.4]);
      weather.storm = time + dice.between(1, 48) * hour;
    } else if (kind === 4) project.readOnly = dice.is(0.3);
    else if (kind === 5 && !restore && daemon && dice.is(0.5)) {
      const by = dice.pick([-hour, hour, -10 * minute, 365 * day, 2 * minute]);
      turn(by);
      restore = { at: time + dice.between(1, 6) * hour, by: -by };
    } else {
      byHand = true;
      say(
        `by hand: ${await actByHand(people).finally(() => {
          byHand = false;
        })}`,
      );
    }
  }

  async function calmDown(): Promise<void> {
    Object.assign(weather, { storm: Number.POSITIVE_INFINITY, share: 0, outage: 0 });
    project.readOnly = false;
    mayKill = false;
    byHand = true;
    if (wishes.frozen) await thaw(people);
    await resumeAll(people).finally(() => {
      byHand = false;
    });
  }
}

function describe({ before, after, late }: { before?: Failure; after?: Failure; late?: number }): string {
  if (late !== undefined) return `lands ${late} ms late`;
  return before ? `fails: ${before.message}` : after ? `done, but: ${after.message}` : '';
}
