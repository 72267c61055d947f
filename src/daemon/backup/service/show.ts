import { parseCron, periodOf } from '../../../core/backup/cron.ts';
import { imagesPrice } from '../../../core/backup/price.ts';
import { type Freshness, freshness } from '../../../core/backup/stale.ts';
import type { Pricing } from '../../../core/hetzner/types.ts';
import { template } from '../../../core/store/template.ts';
import type { Tools } from '../../tools.ts';
import { nextDue } from '../decide.ts';
import { planServers, type ServerPlan } from '../plan.ts';
import type { Schedule } from '../schedule.ts';
import { noticeShared, readFormer, readServers } from '../servers.ts';
import { isSilence } from '../trouble.ts';
import { timeOf } from './common.ts';
import { shownSpec } from './spec.ts';

/** How old backups are, as the API says it, the worst last. */
const states = ['new', 'ok', 'late', 'stale'] as const;

type State = (typeof states)[number];

/** A schedule as the API shows it, with how young the backups of each of its servers are. */
export async function describeSchedule(tools: Tools, schedule: Schedule): Promise<Record<string, unknown>> {
  const servers = await freshnessOf(tools, schedule);
  const worst = Math.max(0, ...servers.map(({ state }) => states.indexOf(state)));
  // Due, and nothing was there to be backed up: that must not look as if all were well.
  const state = servers.length === 0 && schedule.last_due !== null ? 'stale' : states[worst];
  return {
    ...{ id: schedule.id, name: schedule.name, ...shownSpec(schedule.spec) },
    ...{ paused: schedule.paused === 1, state },
    ...{ next_run: timeOf(schedule.next_due), last_run: timeOf(schedule.last_due) },
    ...{ next_verify: timeOf(schedule.next_verify), last_verify: timeOf(schedule.last_verify) },
    ...{ approval_since: timeOf(schedule.approval_since), backups: servers },
    ...{ created: timeOf(schedule.created), updated: timeOf(schedule.updated) },
  };
}

/** What a schedule would do now: when it runs next and of which servers, and what becomes of each image. */
export async function showPlan(tools: Tools, schedule: Schedule): Promise<Record<string, unknown>> {
  const all = readServers(tools);
  const choice = await orNothing(tools, true, () => all.choose(schedule.spec, readFormer(tools, schedule.id)));
  const shared = await orNothing(tools, choice !== undefined, () =>
    noticeShared(tools, all, schedule, choice!.servers),
  );
  const isThere = choice !== undefined;
  const present = await orNothing(tools, isThere, async () => {
    const rows = new Set<number>();
    for await (const { id } of tools.hetzner.list<{ id: number }>('servers')) rows.add(id);
    return rows;
  });
  const pricing = await orNothing(tools, isThere, () => readPricing(tools));
  const perGigabyte = pricing?.image.price_per_gb_month;
  const plans = await planServers(tools, schedule, id => ({ serverExists: present?.has(id) ?? true, perGigabyte }));
  const sizes = plans.flatMap(({ rows }) => rows.map(({ size }) => size));
  return {
    ...{ schedule: { id: schedule.id, name: schedule.name }, next_run: timeOf(schedule.next_due) },
    runs: choice?.servers.map(({ id, name }) => ({ id, name })) ?? null,
    notices: [
      ...(choice ? [] : ['Hetzner does not answer: this is what the daemon knows']),
      ...[...(choice?.notices ?? []), ...(shared ?? [])].map(({ message }) => message),
      ...(schedule.approval_since === null ? [] : ['a change waits for cloudctl schedule approve']),
      ...(choice?.servers ?? []).flatMap(({ name, volumes = [] }) =>
        volumes.length === 0 ? [] : [`volumes ${volumes.join(', ')} of ${name} will not be in its images`],
      ),
    ],
    servers: plans.map(showServer),
    ...{ monthly: imagesPrice(perGigabyte ?? null, sizes), currency: pricing?.currency ?? null },
  };
}

function showServer({ id, name, plan, rows }: ServerPlan) {
  const sizes = new Map(rows.map(row => [row.id, row.size]));
  const images = plan.images.map(({ id: image, created, monthly, deleteAfter, decision, reasons }) => ({
    ...{ id: image, created: timeOf(created), size: sizes.get(image) ?? null, monthly, decision, reasons },
    delete_after: timeOf(deleteAfter),
  }));
  return { id, name, stopped: plan.stopped.join('; ') || null, newest_good: timeOf(plan.newestGood), images };
}

/** How young the backups of each server of its last due time are. */
export async function freshnessOf({ store, clock }: Pick<Tools, 'store' | 'clock'>, schedule: Schedule) {
  const now = clock.now();
  const { cron, zone } = schedule.spec;
  // Those that a person asked for since count as well.
  const runs = await runsSince(store, { schedule: schedule.id, due: schedule.last_due ?? 0 }).rows();
  const servers = [...new Map(runs.map(run => [run.id, run])).values()];
  const good = new Map((await newestGood(store, { schedule: schedule.id }).rows()).map(row => [row.server_id, row]));
  const period = periodOf(parseCron(cron, zone), now);
  const since = nextDue(cron, zone, schedule.created);
  return servers.map(({ id, name, state, reason }) => {
    const { newest = null, verified = null } = good.get(id) ?? {};
    const fresh = freshness({ newest, since, period }, now);
    return {
      ...{ id, name, state: shownState(fresh, newest !== null), newest: timeOf(newest), verified: timeOf(verified) },
      last_run: { state, reason },
    };
  });
}

const runsSince = template((db, { schedule, due }: { readonly schedule: number; readonly due: number }) =>
  db
    .selectFrom('runs')
    .select(['server_id as id', 'server_name as name', 'state', 'reason'])
    .where('schedule_id', '=', schedule)
    .where('kind', '=', 'backup')
    .where('due', '>=', due)
    .orderBy('due'),
);

const newestGood = template((db, { schedule }: { readonly schedule: number }) =>
  db
    .selectFrom('images')
    .select(({ fn }) => ['server_id', fn.max('created').as('newest'), fn.max('verified').as('verified')] as const)
    .where('schedule_id', '=', schedule)
    .where('state', '=', 'good')
    .groupBy('server_id'),
);

function shownState(fresh: Freshness, hasImage: boolean): State {
  if (fresh === 'fresh') return hasImage ? 'ok' : 'new';
  return fresh === 'warning' ? 'late' : 'stale';
}

async function readPricing({ hetzner }: Tools): Promise<Pricing> {
  return (await hetzner.send<{ pricing: Pricing }>('GET', 'pricing')).pricing;
}

/** What Hetzner says, or nothing while it does not answer; one that is not `there` is not asked. */
async function orNothing<T>(tools: Tools, there: boolean, ask: () => Promise<T>): Promise<T | undefined> {
  if (!there) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (!isSilence(error)) throw error;
    tools.log.warn('hetzner does not answer', { reason: error.message });
    return undefined;
  }
}
