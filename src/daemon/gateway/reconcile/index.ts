import { toFailure } from '../../../core/failure.ts';
import { countedTypes } from '../../../core/resources/quota.ts';
import type { Trial } from '../../api/entries.ts';
import { holdLease } from '../../lease.ts';
import { ownerLabel } from '../reserved.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type Mending, reconcile, settling } from './decide.ts';
import { followFeed } from './feed.ts';
import { readKnown } from './know.ts';
import { mend } from './mend.ts';
import { pruneOwnership } from './prune.ts';
import { asker, type Place, type ReconcileTools } from './tools.ts';

/** What the last round has found. */
export interface ReconcileReport {
  readonly at: number | null;
  /** Mendings done since the start, by their kind. */
  readonly mended: Readonly<Record<Mending['kind'], number>>;
  /** What could not be done in the last round. */
  readonly failed: number;
}

/** Has store and Hetzner agree about what belongs to whom. */
export interface Reconciler {
  /** One round: a part of the collections, so that each has its turn within five. */
  round(): Promise<void>;
  report(): ReconcileReport;
}

const [minute, hour] = [60_000, 3_600_000];
/** Which daemon it is, and the milliseconds after which that is said again. */
const lease = { name: 'gateway/reconciler', length: 60_000 };
const renewal = 20_000;
/** Rounds in which every collection has its turn. */
const turns = 5;
/** So many labels are repaired, and so many absences asked after, in one round of a collection. */
const most = 20;

/** Nothing is asked before the first round. */
export function createReconciler(tools: ReconcileTools): Reconciler {
  const { upstreams, clock, log } = tools;
  const mended: Record<Mending['kind'], number> = { made: 0, 'not-made': 0, adopt: 0, repair: 0, close: 0 };
  const tries = new Map<string, Map<string, Trial>>();
  let turn = 0;
  let pruned = Number.NEGATIVE_INFINITY;
  let last: number | null = null;
  let failed = 0;

  async function attempt(about: object, work: () => Promise<void>): Promise<void> {
    if (tools.signal.aborted) return;
    await work().catch(error => {
      failed += 1;
      log.debug('not reconciled', { ...about, error: toFailure(error).message });
    });
  }

  /** What was tried in a place and has not come to be, of what is still to be mended there. */
  function trialsOf({ upstream, type }: Place, mendings: readonly Mending[]): Map<string, Trial> {
    const place = `${upstream.project.id} ${type}`;
    const wanted = new Set(mendings.map(keyOf));
    const open = new Map([...(tries.get(place) ?? [])].filter(([key]) => wanted.has(key)));
    tries.set(place, open);
    return open;
  }

  async function visit(place: Place): Promise<void> {
    const { upstream, type } = place;
    const about = { project: upstream.project.name, type };
    const picture = await upstream.reader.all(type, asker, { fresh: true });
    const mendings = reconcile(await readKnown(tools, place, picture));
    const trials = trialsOf(place, mendings);
    const [asking, others] = [
      ['repair', 'close'],
      ['made', 'not-made', 'adopt'],
    ].map(kinds => mendings.filter(({ kind }) => kinds.includes(kind)));
    // What was refused before keeps nothing else from its turn.
    const tried = (mending: Mending) => Number(trials.has(keyOf(mending)));
    const next = asking!.sort((one, other) => tried(one) - tried(other)).slice(0, most);
    for (const mending of [...others!, ...next]) {
      const key = keyOf(mending);
      const trial = trials.get(key) ?? {};
      trials.set(key, trial);
      await attempt({ ...about, kind: mending.kind }, async () => {
        await mend(tools, place, mending, trial);
        trials.delete(key);
        mended[mending.kind] += 1;
      });
    }
    await followFeed(tools, place, picture.items);
  }

  return {
    async round() {
      failed = 0;
      for (const upstream of upstreams.list()) {
        const open = await collectionsInDoubt(tools, upstream);
        const due = countedTypes.filter((type, index) => index % turns === turn % turns || open.includes(type));
        for (const type of due) {
          await attempt({ project: upstream.project.name, type }, () => visit({ upstream, type }));
        }
      }
      turn += 1;
      if (clock.now() - pruned >= hour) {
        await pruneOwnership(tools);
        pruned = clock.now();
      }
      last = clock.now();
    },
    report: () => ({ at: last, mended: { ...mended }, failed }),
  };
}

/** The same for what is to be mended in the same way. */
function keyOf(mending: Mending): string {
  if (!('item' in mending)) return JSON.stringify(mending);
  const { kind, owner, item } = mending;
  return JSON.stringify([kind, item.id, item.labels?.[ownerLabel], owner]);
}

/** The collections in which something was intended of which it is not known what came of it. */
async function collectionsInDoubt({ store, clock }: ReconcileTools, { project }: Upstream): Promise<readonly string[]> {
  const open = store.db.selectFrom('intents').select('type').distinct().where('state', '=', 'open');
  const old = open.where('project_id', '=', project.id).where('updated', '<=', clock.now() - settling);
  return (await old.execute()).map(({ type }) => type);
}

/** A round each minute, by one of the daemons on the store; resolves with what stops it. */
export function startReconciler(tools: ReconcileTools): {
  readonly stop: () => Promise<void>;
  report(): ReconcileReport;
} {
  const { store, clock, log, signal, random } = tools;
  const stopped = new AbortController();
  const until = AbortSignal.any([signal, stopped.signal]);
  const me = Math.floor(random() * 2 ** 48).toString(36);
  const reconciler = createReconciler({ ...tools, signal: until });
  async function work(): Promise<void> {
    let next = clock.now() + minute;
    for (;;) {
      await clock.sleep(renewal, until).catch(() => {});
      if (until.aborted) return;
      try {
        const holds = await holdLease(store, lease, me, clock.now());
        if (!holds || clock.now() < next) continue;
        next = clock.now() + minute;
        await reconciler.round();
      } catch (error) {
        log.warn('what belongs to whom could not be looked at', { error: toFailure(error).message });
      }
    }
  }
  const working = work();
  return {
    report: reconciler.report,
    async stop() {
      stopped.abort();
      await working;
    },
  };
}
