import { stating } from '../../core/alerts/condition.ts';
import type { Result } from '../../core/checks/check.ts';
import { fallsAt, observe } from '../../core/checks/observe.ts';
import { type Quiet, type Tiding, tell } from '../../core/checks/tell.ts';
import { happened } from '../../core/store/happened.ts';
import type { Sql, Step, Store } from '../../core/store/store.ts';
import { dueAfter, kept, type Status, type Watch } from './row.ts';

/** A run that has ended. */
export interface Ended {
  readonly watch: Watch;
  readonly result: Result;
  /** When the result was there, ms. */
  readonly at: number;
  /** Milliseconds that it took. */
  readonly took: number;
}

/** The writes of one result: the check's own row first, which must still be claimed by who ran it, then what the change means for those who watch and those who reckon. */
export function settling(store: Store, { watch, result, at, took }: Ended, quiet: Quiet): readonly Step[] {
  const { id, policy, status } = watch;
  const watched = observe(status.watched, result, policy, at);
  const next_due = dueAfter(watch, at);
  const { told, tidings } = tell(status.told, watched, quiet, fallsAt(watched, policy, next_due));
  const next: Status = {
    ...{ watched, told, last: { ...result, at } },
    recent: [...status.recent, [at, result.outcome, took] as const].slice(-kept),
  };
  const set = {
    ...{ next_due, claim: '', lease_until: 0 },
    ...{ state: watched.state, since: watched.since, checked: at, status: JSON.stringify(next) },
  };
  const own = store.db.updateTable('checks').set(set).where('id', '=', id).where('claim', '=', watch.claim);
  return [
    { query: own, changes: 1 },
    ...(watched.state === status.watched.state ? [] : changing(store, watch, watched, result, at)),
    ...tidings.map(tiding => telling(store, watch, tiding, result.message, at)),
  ];
}

function changing(
  store: Sql,
  { id, name, kind, status }: Watch,
  { state, since }: Status['watched'],
  { message: reason }: Result,
  at: number,
): Step[] {
  if (state === 'new') return [];
  return [
    endingState(store, id, since),
    { query: store.db.insertInto('states').values({ check_id: id, state, begun: since, ended: null, reason }) },
    happened(store, at, `check.${state}`, {
      check: { id, name, kind },
      ...{ before: status.watched.state, since: new Date(since).toISOString(), reason },
    }),
  ];
}

/** The write that ends the state a check is in. */
export function endingState({ db }: Pick<Store, 'db'>, id: number, at: number): Step {
  return {
    query: db.updateTable('states').set({ ended: at }).where('check_id', '=', id).where('ended', 'is', null),
  };
}

/** The write that tells of a check: that it is down, unknown or flapping, or no longer. */
export function telling(
  store: Sql,
  { id, name, kind, labels, policy, settings }: Pick<Watch, 'id' | 'name' | 'kind' | 'labels' | 'policy' | 'settings'>,
  { topic, firing, fires }: Tiding,
  message: string,
  at: number,
): Step {
  const server: Record<string, string> = typeof settings.server === 'string' ? { server: settings.server } : {};
  return stating(store, {
    ...{ key: topic === 'down' ? `check/${id}` : `check/${id}/${topic}`, at, firing, fires },
    severity: topic === 'down' ? policy.severity : 'warning',
    labels: { ...server, ...labels, check: name, kind, topic },
    summary: fires === undefined ? sentence(name, topic, firing, message) : `${name} fails: ${message}`,
  });
}

function sentence(name: string, topic: Tiding['topic'], firing: boolean, message: string): string {
  if (topic === 'flapping') return firing ? `${name} goes up and down again and again` : `${name} has settled`;
  if (topic === 'unknown')
    return firing ? `${name} cannot be told: ${message}` : `${name} can be told again: ${message}`;
  return firing ? `${name} is down: ${message}` : `${name} is up: ${message}`;
}
