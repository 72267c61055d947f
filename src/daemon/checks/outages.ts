import { stating } from '../../core/alerts/condition.ts';
import type { Result } from '../../core/checks/check.ts';
import { unknown } from '../../core/checks/check.ts';
import { findKind } from '../../core/checks/kinds.ts';
import { isSuspicious, type Probe, recent, type Seen } from '../../core/checks/outage.ts';
import type { Step } from '../../core/store/store.ts';
import { readMeta, writeMeta } from '../backup/clock.ts';
import type { Tools } from '../tools.ts';
import type { Ended } from './settle.ts';

/** A result with whether Hetzner is why it cannot be told. */
export interface Finished extends Ended {
  readonly result: Result & { readonly blame?: 'hetzner' };
}

/** What many checks suffer from at once, told once for all. */
export interface Outages {
  /** The results as they count: those over a network that is lost are unknown; which of them an outage is the cause of, and the writes that tell of it. `done` is called when those are durable. */
  weigh(finished: readonly Finished[]): Promise<{
    readonly finished: readonly Finished[];
    isHit(one: Finished): boolean;
    readonly steps: readonly Step[];
    readonly done: () => void;
  }>;
}

interface OutageOptions {
  /** Names this daemon: each has a network of its own. */
  readonly host: string;
  /** Resolves with whether one of the neutral targets can be reached. */
  readonly probe: Probe;
}

const [probeTime, probeKept] = [3_000, 10_000];
/** A single answer that does not come is no outage. */
const silentFor = 60_000;

/** Nothing is known to be wrong at first, unless the store says that it was told. */
export async function openOutages(tools: Tools, { host, probe }: OutageOptions): Promise<Outages> {
  const { store, clock } = tools;
  const keys = { network: `network/${host}`, hetzner: 'hetzner' };
  const told = { network: await wasTold(tools, keys.network), hetzner: await wasTold(tools, keys.hetzner) };
  let silentSince: number | undefined;
  const seen = new Map<number, Seen>();
  let lastProbe = { at: Number.NEGATIVE_INFINITY, reached: true };

  async function isLost(now: number): Promise<boolean> {
    if (!told.network && !isSuspicious(seen.values(), now)) return false;
    if (now - lastProbe.at >= probeKept || now < lastProbe.at) {
      const reached = await probe(AbortSignal.timeout(probeTime)).catch(() => false);
      lastProbe = { at: now, reached };
    }
    return !lastProbe.reached;
  }

  const state = (topic: keyof typeof keys, firing: boolean, summary: string): Step[] => [
    stating(store, {
      key: keys[topic],
      at: clock.now(),
      firing,
      severity: 'critical',
      labels: { topic, host },
      summary,
    }),
    ...writeMeta(store, `outage/${keys[topic]}`, String(Number(firing))),
  ];

  return {
    async weigh(given) {
      const now = clock.now();
      for (const { watch, result, at } of given) {
        if (isOverNetwork(watch.kind)) seen.set(watch.id, { at, outcome: result.outcome });
      }
      for (const [id, { at }] of seen) if (now - at > recent) seen.delete(id);
      const lost = given.length > 0 || told.network ? await isLost(now) : false;
      const blamed = given.find(({ result }) => result.blame === 'hetzner');
      const answered = given.some(({ watch, result }) => needs(watch.kind) === 'hetzner' && result.blame === undefined);
      if (blamed) silentSince ??= now;
      else if (answered) silentSince = undefined;
      const isLong = silentSince !== undefined && now - silentSince >= silentFor;
      const silent = told.hetzner ? !answered || blamed !== undefined : isLong;
      const finished = given.map(one =>
        lost && isOverNetwork(one.watch.kind) && one.result.outcome === 'down'
          ? { ...one, result: unknown(`the daemon's own network is lost (${one.result.message})`) }
          : one,
      );
      const steps: Step[] = [];
      if (lost !== told.network) {
        const summary = lost
          ? `the network of ${host} is lost: checks cannot be told`
          : `the network of ${host} is back`;
        steps.push(...state('network', lost, summary));
      }
      if (silent !== told.hetzner && !lost) {
        const summary = silent ? `Hetzner does not answer: ${blamed?.result.message ?? ''}` : 'Hetzner answers again';
        steps.push(...state('hetzner', silent, summary));
      }
      return {
        finished,
        isHit: ({ watch, result }) => (lost && isOverNetwork(watch.kind)) || result.blame === 'hetzner',
        steps,
        done() {
          told.network = lost;
          if (!lost) told.hetzner = silent;
        },
      };
    },
  };
}

function needs(kind: string) {
  return findKind(kind).needs;
}

function isOverNetwork(kind: string): boolean {
  return needs(kind) === 'network';
}

/** Whether those who watch were told last that it is so. */
async function wasTold({ store }: Tools, key: string): Promise<boolean> {
  return (await readMeta(store, `outage/${key}`)) === '1';
}
