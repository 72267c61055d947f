import { nextWindow } from '../../core/checks/maintenance.ts';
import { Failure } from '../../core/failure.ts';
import { globTest, isGlob } from '../../core/find.ts';
import { selectorTest } from '../../core/selector.ts';
import { spanOf } from '../../core/status-page/days.ts';
import { makePage, type PageOptions, type StatusPage } from '../../core/status-page/page.ts';
import { covers, readMaintenances, timesOf, windowsWithin } from '../checks/maintenances.ts';
import type { Tools } from '../tools.ts';

/** Which checks a page shows, and how. */
export interface PageChoice extends PageOptions {
  /** Names, ids or patterns. */
  readonly names: readonly string[];
  /** Also all whose labels match. */
  readonly selector?: string;
  /** The label whose values are the groups. */
  readonly groupBy: string;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The status page of the chosen checks as it is now; throws `not_found` for a name that no check has, and where there is none at all. */
export async function readPage(
  { store, clock }: Pick<Tools, 'store' | 'clock'>,
  choice: PageChoice,
): Promise<StatusPage> {
  const { db } = store;
  const now = clock.now();
  const span = spanOf(now);
  const columns = ['id', 'name', 'labels', 'state', 'since', 'paused'] as const;
  const rows = await db.selectFrom('checks').select(columns).orderBy('id').execute();
  const chosen = choose(
    rows.map(row => ({ ...row, labels: JSON.parse(row.labels) as Row['labels'] })),
    choice,
  );
  const ids = chosen.map(({ id }) => id);
  const states = await db
    .selectFrom('states')
    .selectAll()
    .where('check_id', 'in', ids)
    .where(({ eb, or }) => or([eb('ended', 'is', null), eb('ended', '>', span.from)]))
    .orderBy('begun')
    .execute();
  const intervals = new Map(
    ids.map(id => [id, [] as { state: string; from: number; to: number | null; reason: string }[]]),
  );
  for (const { check_id, state, begun: from, ended: to, reason } of states)
    intervals.get(check_id)?.push({ state, from, to, reason });
  const maintenances = await readMaintenances(store);
  const windowsOf = windowsWithin(maintenances, span);
  const planned = maintenances
    .filter(({ ended }) => ended === null)
    .flatMap(one => {
      const window = nextWindow(timesOf(one.spec), now);
      const checks = chosen.filter(check => covers(one, check)).map(({ name }) => name);
      return window ? [{ name: one.name, window, checks }] : [];
    });
  const watched = chosen.map(check => ({
    ...{ name: check.name, group: check.labels[choice.groupBy] || null, state: check.state, since: check.since },
    ...{ paused: check.paused === 1, intervals: intervals.get(check.id)!, windows: windowsOf(check) },
  }));
  return makePage(watched, planned, choice, now);
}

/** The checks that a choice means, each once. */
export function choose<T extends Row>(rows: readonly T[], { names, selector }: Pick<PageChoice, 'names' | 'selector'>) {
  const tests = names.map(name => {
    const isMeant = isGlob(name) ? globTest(name) : undefined;
    const test = isMeant ? (row: T) => isMeant(row.name) : exactly(rows, name);
    if (!isMeant && !rows.some(test)) throw none(`check not found: ${name}`);
    return test;
  });
  if (selector !== undefined) {
    const hasLabels = selectorTest(selector);
    tests.push(row => hasLabels(row.labels));
  }
  const chosen = rows.filter(row => tests.some(test => test(row)));
  if (chosen.length === 0) throw none('no check is chosen');
  return chosen;
}

function exactly<T extends Row>(rows: readonly T[], wanted: string): (row: T) => boolean {
  const isNamed = rows.some(({ name }) => name === wanted);
  return ({ id, name }) => (isNamed ? name === wanted : String(id) === wanted);
}

function none(message: string): Failure {
  return new Failure('not_found', message, { hint: 'cloudctl check list' });
}
