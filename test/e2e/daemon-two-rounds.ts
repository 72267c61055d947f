import { expect } from 'vitest';
import { randomOf } from '../helpers/random.ts';
import { buildFastDaemon, type RunningDaemon } from './daemon.ts';
import { openSite, pause, type Site, until } from './daemon-two.ts';
import { type Deeds, watchDeeds } from './daemon-two-deeds.ts';
import { fastClock } from './fast-clock.ts';

const kept = 2;
const period = 240_000;
/** So long a run waits for a request that nobody has answered, at the least. */
const settling = 120_000;
/** A minute of the fast clock: a second. */
const lease = { env: '60s', ms: 1000 };

/** What the rounds have come to. */
export interface Report {
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Rounds in which the other daemon took a job over before the first went on. */
  takenOver: number;
  /** Rounds in which a commit was open all the time. */
  amidCommit: number;
  runs: number;
  made: number;
  deleted: number;
  duplicates: number;
  /** Due times that came while nobody could look, so that the one after them stood for them. */
  passed: number;
  [what: string]: unknown;
}

export interface RoundsOptions {
  readonly rounds: number;
  /** Takes the daemon away for about so many milliseconds, at a moment when it has work; resolves with who works on in its place. */
  readonly away: (
    site: Site,
    daemon: RunningDaemon,
    ms: number,
    meanwhile: () => Promise<void>,
  ) => Promise<RunningDaemon>;
}

/** Lets two daemons back up together while the one that has work is taken away again and again, and checks all that was promised. */
export async function playRounds({ rounds, away }: RoundsOptions): Promise<Report> {
  const seed = Number(process.env.CLOUDCTL_SEED ?? Date.now() % 1e6);
  process.stdout.write(`seed ${seed} (CLOUDCTL_SEED replays its choices)\n`);
  const random = randomOf(seed);
  const deeds = watchDeeds(() => site.sandbox.state.images as never);
  const site = await openSite(
    { clock: { now: fastClock().now }, latency: 5, seed: { servers: 4 }, observe: exchange => deeds.observe(exchange) },
    { program: buildFastDaemon(), env: { CLOUDCTLD_LEASE: lease.env, CLOUDCTLD_MAX_CONCURRENT_IMAGES: '10' } },
  );
  const begun = Date.now();
  let late = 0;
  const report = { seed, rounds, takenOver: 0, amidCommit: 0 } as Report;
  try {
    const states = [site.state(), site.state()];
    const daemons = await Promise.all(states.map(state => site.start(state)));
    const ids = await Promise.all([
      addSchedule(daemons[0]!, 'one', '0 */4 * * * *', ['web-0001', 'web-0002']),
      addSchedule(daemons[1]!, 'two', '0 2-58/4 * * * *', ['web-0003', 'web-0004']),
    ]);
    for (let round = 0; round < rounds; round += 1) {
      // The request goes on its way and lands when its run has been given up waiting for it, or just before.
      if (round % 3 === 1) {
        const delay = 30_000 + Math.floor(random() * 180_000);
        if (delay > settling) late += 1;
        site.sandbox.fault({ method: 'POST', path: '/servers/*/actions/create_image', kind: 'late', delay });
      }
      const at = await findWorker(site, daemons, random);
      await pause(random() * 60);
      const [before] = [await heldBy(site, daemons[at]!)];
      daemons[at] = await away(site, daemons[at]!, lease.ms + 200 + random() * 400, async () => {
        if (await hasOpenCommit(site)) report.amidCommit += 1;
        const now = await heldBy(site, daemons[at]!);
        if (before.some(job => !now.includes(job))) report.takenOver += 1;
      });
    }
    await finish(site, daemons[0]!, ids);
    await check(site, deeds, report, late);
    const verified = await daemons[1]!.call('GET', '/cloudctl/v1/audit_entries/verify');
    expect(verified.body, `seed ${seed}`).toMatchObject({ verification: { intact: true } });
    const statuses = await Promise.all(daemons.map(daemon => daemon.stop()));
    expect(statuses).toEqual([0, 0]);
    return Object.assign(report, { seconds: Math.round((Date.now() - begun) / 1000) });
  } finally {
    await site.close();
  }
}

async function addSchedule(daemon: RunningDaemon, name: string, cron: string, servers: readonly string[]) {
  const body = { name, cron, servers, keep_last: kept, grace: 0 };
  const answer = await daemon.call('POST', '/cloudctl/v1/schedules', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.schedule.id as number;
}

/** Which of the two holds a job; either where none does for a while. */
async function findWorker(site: Site, daemons: readonly RunningDaemon[], random: () => number): Promise<number> {
  const found = await until(
    'a job under way',
    async () => {
      const rows = await site.read("SELECT worker FROM jobs WHERE state = 'active' AND name IN ('backup', 'prune')");
      const at = daemons.findIndex(({ child }) => rows.some(({ worker }) => String(worker).endsWith(`:${child.pid}`)));
      return at >= 0 ? { at } : undefined;
    },
    3000,
  ).catch(() => undefined);
  return found?.at ?? Math.floor(random() * 2);
}

async function heldBy(site: Site, { child }: RunningDaemon): Promise<string[]> {
  const sql = "SELECT id, fence FROM jobs WHERE state = 'active' AND worker LIKE ?";
  return (await site.read(sql, [`%:${child.pid}`])).map(({ id, fence }) => `${id}/${fence}`);
}

async function hasOpenCommit(site: Site): Promise<boolean> {
  const rows = await site.read(
    `SELECT 1 FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
     WHERE p.db = DATABASE() AND t.trx_started < NOW() - INTERVAL 1 SECOND`,
  );
  return rows.length > 0;
}

/** No more due times; all that is under way comes to its end, and one more run of each has its images looked at. */
async function finish(site: Site, daemon: RunningDaemon, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const answer = await daemon.call('PUT', `/cloudctl/v1/schedules/${id}`, { cron: '0 0 1 1 *' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  }
  const untilIdle = async (ms: number) => {
    let left: unknown[] = [];
    const isIdle = async () => {
      const runs = await site.read(
        "SELECT id, due, step, reason, data FROM runs WHERE state IN ('waiting', 'running')",
      );
      const jobs = await site.read(
        "SELECT unique_key, state, run_at, attempts, error_message FROM jobs WHERE state IN ('waiting', 'active') AND name IN ('backup', 'prune')",
      );
      left = [...runs, ...jobs];
      return left.length === 0;
    };
    await until('all runs have ended', isIdle, ms).catch(error => {
      throw new Error(`${error.message}, ${fastClock().now()}\n${JSON.stringify(left, null, 1)}`);
    });
  };
  await untilIdle(60_000);
  // What is on its way may land still.
  await pause(2000);
  for (const id of ids) {
    const answer = await daemon.call('POST', `/cloudctl/v1/schedules/${id}/actions/run`);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  }
  await untilIdle(20_000);
}

async function check(site: Site, { made, deleted }: Deeds, report: Report, late: number): Promise<void> {
  const about = `seed ${report.seed}`;
  const runs = await site.read('SELECT id, schedule_id, server_id, due, state, reason FROM runs ORDER BY due');
  expect(
    runs.filter(({ state }) => state !== 'done'),
    about,
  ).toEqual([]);

  const images = await site.read('SELECT id, run_id, state FROM images');
  const states = new Map(images.map(({ id, state }) => [Number(id), String(state)]));
  expect(
    made.filter(({ id }) => !states.has(id)),
    `${about}: images that nobody knows of`,
  ).toEqual([]);
  const duplicates = await seconds(site, made);
  const counted = countBy(
    made.filter(({ id }) => !duplicates.has(id)),
    ({ run }) => run,
  );
  expect(
    [...counted].filter(([, count]) => count > 1),
    `${about}: two images of a run`,
  ).toEqual([]);
  expect(counted.size, `${about}: a run without an image`).toBe(runs.length);
  const good = countBy(
    images.filter(({ state }) => state === 'good'),
    ({ run_id }) => run_id,
  );
  expect(
    [...good].filter(([, count]) => count > 1),
    about,
  ).toEqual([]);
  // Only a request that was on its way for longer than a run waits for it makes a second one.
  expect(duplicates.size, about).toBeLessThanOrEqual(late);

  expect(
    deleted.filter(({ newer }) => newer < kept),
    `${about}: deleted although it was to be kept`,
  ).toEqual([]);
  expect(deleted.length, about).toBeGreaterThan(0);

  report.passed = passedDues(runs, about);
  Object.assign(report, { runs: runs.length, made: made.length, deleted: deleted.length });
  report.duplicates = duplicates.size;
}

/** Images that are told of as the second ones of their runs: as duplicates or, where the first had gone by the rules before they landed, as found. */
async function seconds(site: Site, made: Deeds['made']): Promise<ReadonlySet<number>> {
  const told = await site.read(
    "SELECT seq, action, target_id FROM audit WHERE action LIKE 'backup.%' AND target_type = 'image' AND result = 'done'",
  );
  const seqOf = (action: string, id: number) =>
    told.find(entry => entry.action === action && Number(entry.target_id) === id)?.seq as number | undefined;
  const isSecond = ({ id, run }: Deeds['made'][number]) => {
    if (seqOf('backup.duplicate', id) !== undefined) return true;
    const found = seqOf('backup.adopt', id);
    const others = made.filter(one => one.run === run && one.id !== id);
    return found !== undefined && others.some(one => (seqOf('backup.delete', one.id) ?? found) < found);
  };
  return new Set(made.filter(isSecond).map(({ id }) => id));
}

function countBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return counts;
}

/** Due times without a run: only where nobody could look at their time, and the next one has been run for. */
function passedDues(runs: readonly { schedule_id: number; server_id: number; due: number }[], about: string): number {
  let passed = 0;
  const dues = new Map<string, number[]>();
  for (const { schedule_id, server_id, due } of runs) {
    const key = `${schedule_id}/${server_id}`;
    // The last one was asked for by hand.
    dues.set(key, [...(dues.get(key) ?? []), Number(due)]);
  }
  for (const list of dues.values()) {
    const scheduled = list.slice(0, -1);
    for (let at = 1; at < scheduled.length; at += 1) {
      const missing = Math.round((scheduled[at]! - scheduled[at - 1]!) / period) - 1;
      expect(missing, `${about}: due times that came to nothing`).toBeLessThanOrEqual(3);
      passed += missing;
    }
  }
  return passed;
}
