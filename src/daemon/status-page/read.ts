import { setImmediate } from 'node:timers/promises';
import { nextWindow } from '../../core/checks/maintenance.ts';
import { Failure } from '../../core/failure.ts';
import { globTest, isGlob } from '../../core/find.ts';
import { selectorTest } from '../../core/selector.ts';
import { spanOf } from '../../core/status-page/days.ts';
import { makePage, type Shown, type StatusPage, showCheck, type Watched } from '../../core/status-page/page.ts';
import { covers, readMaintenances, timesOf, windowsWithin } from '../checks/maintenances.ts';
import type { Tools } from '../tools.ts';

/** Which checks a page shows, and how. */
export interface PageChoice {
  readonly title: string;
  /** Names, ids or patterns. */
  readonly names: readonly string[];
  /** Also all whose labels match. */
  readonly selector?: string;
  /** The label whose values are the groups. */
  readonly groupBy: string;
  /** Whether incidents tell why, in the words of the check, which may hold addresses. */
  readonly reasons: boolean;
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
  const maintenances = await readMaintenances(store);
  const windowsOf = windowsWithin(maintenances, span);
  const planned = maintenances
    .filter(({ ended }) => ended === null)
    .flatMap(one => {
      const window = nextWindow(timesOf(one.spec), now);
      const checks = chosen.filter(check => covers(one, check)).map(({ name }) => name);
      return window ? [{ name: one.name, window, checks }] : [];
    });
  const shown: Shown[] = [];
  for (const check of chosen) {
    const intervals = await readStates(store, check.id, span.from);
    const group = check.labels[choice.groupBy] || null;
    const watched = { ...check, group, paused: check.paused === 1, intervals, windows: windowsOf(check) };
    shown.push(showCheck(watched, choice.reasons, now));
    // Many checks with much behind them take a while: the others of this process have their turns.
    await setImmediate();
  }
  return makePage(choice.title, shown, planned, now);
}

/** The states of a check that reach beyond that time, the oldest first. */
async function readStates({ db }: Tools['store'], id: number, from: number): Promise<Watched['intervals']> {
  return db
    .selectFrom('states')
    .select(['state', 'begun as from', 'ended as to', 'reason'])
    .where('check_id', '=', id)
    .where(({ eb, or }) => or([eb('ended', 'is', null), eb('ended', '>', from)]))
    .orderBy('begun')
    .execute();
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
