import type { Api } from '../../core/api.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { leftNow } from '../../core/hetzner/budget.ts';
import type { Budget } from '../../core/hetzner/pace.ts';
import { afterAnswer, gapRange, resolution } from '../../core/samples/plan.ts';
import { readMeasured } from '../../core/samples/read-body.ts';
import type { Samples } from '../../core/samples/samples.ts';
import { gapBetween, nextTurn, type Turn } from '../../core/samples/turn.ts';
import type { Tools } from '../tools.ts';
import { type FleetServer, readFleet } from './fleet.ts';

const usualLimit = 3600;
const perPage = 50;
const listEvery = 120_000;
const rest = 5_000;
const longestPause = 300_000;

/** What the poller says of itself. */
export interface PollerReport {
  readonly servers: number;
  /** Servers of which something is still to be asked for. */
  readonly behind: number;
  readonly requests: number;
  /** Why nothing is asked at the moment. */
  readonly paused: string | null;
}

/** Asks Hetzner for the metrics of all servers, one request after the other. */
export interface Poller {
  /** Does what is next: one request, or a list of the servers; resolves with the milliseconds until the next one. Never rejects. */
  turn(): Promise<number>;
  /** The servers as they were listed last, undefined before the first time. */
  servers(): readonly FleetServer[] | undefined;
  report(): PollerReport;
}

export interface PollerTools extends Pick<Tools, 'clock' | 'log'> {
  readonly hetzner: Api;
  readonly samples: Samples;
  readonly budget: () => Budget | undefined;
  /** True while it is this daemon that asks. */
  readonly holds: () => Promise<boolean>;
}

/** Nothing is asked before the first turn; what has been asked before is in the file of the samples. */
export function createPoller({ hetzner, samples, clock, log, budget, holds }: PollerTools): Poller {
  const last = new Map<number, number>();
  let servers: readonly FleetServer[] | undefined;
  let listed = Number.NEGATIVE_INFINITY;
  let [requests, failures] = [0, 0];
  let paused: string | null = null;

  async function list(now: number): Promise<number> {
    listed = now;
    servers = await readFleet(hetzner);
    const pages = Math.max(1, Math.ceil(servers.length / perPage));
    requests += pages;
    return pages;
  }

  async function ask({ id, range, asked: before }: Turn, now: number): Promise<void> {
    last.set(id, now);
    requests += 1;
    const query = {
      type: ['cpu', 'disk', 'network'],
      start: new Date(range.start).toISOString(),
      end: new Date(range.end).toISOString(),
      step: resolution / 1000,
    };
    const body = await hetzner.send('GET', `servers/${id}/metrics`, undefined, query);
    const measured = readMeasured(body, range);
    if (!measured) throw new Failure('unreachable', `the answer for the metrics of server ${id} is none`);
    if (measured.dropped > 0) log.debug('samples dropped', { server: id, count: measured.dropped });
    samples.write(id, measured.series, afterAnswer(before, range, measured.newest, now));
  }

  async function step(): Promise<number> {
    const now = clock.now();
    const known = budget();
    const limit = known?.limit ?? usualLimit;
    const gap = gapBetween(limit);
    // Backups and people come first.
    if (known && leftNow(known, now) < limit / 4) return pause('few requests are left of this hour', rest);
    if (!(await holds())) return pause('another daemon asks', rest);
    if (now - listed >= listEvery || now < listed) {
      const pages = await list(now);
      succeed();
      return pages * gap;
    }
    const states = samples.asked();
    const polled = (servers ?? []).map(({ id, created }) => ({
      id,
      created,
      asked: states.get(id),
      last: last.get(id) ?? 0,
    }));
    const turn = nextTurn(polled, gap, now);
    if (!turn) return rest;
    await ask(turn, now);
    succeed();
    return gap;
  }

  function succeed(): void {
    if (paused !== null) log.info('metrics go on');
    paused = null;
    failures = 0;
  }

  function pause(reason: string, ms: number): number {
    if (paused !== reason) log.info('metrics wait', { reason });
    paused = reason;
    return ms;
  }

  return {
    servers: () => servers,
    report: () => ({ servers: servers?.length ?? 0, behind: countBehind(), requests, paused }),
    async turn() {
      try {
        return await step();
      } catch (error) {
        const failure = toFailure(error);
        // A server that is gone is missing from the next list.
        if (failure.code === 'not_found') return rest;
        failures += 1;
        return pause(failure.message, Math.min(longestPause, rest * 2 ** Math.min(10, failures - 1)));
      }
    },
  };

  function countBehind(): number {
    const now = clock.now();
    const ids = new Set(servers?.map(({ id }) => id));
    return [...samples.asked()].filter(([id, one]) => ids.has(id) && gapRange(one, now) !== undefined).length;
  }
}
