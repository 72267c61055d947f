import type { Api } from '../core/api.ts';
import { carryOut, type Done } from '../core/composite/carry-out.ts';
import { begin, hasGoal, merge } from '../core/composite/claim.ts';
import { type Journal, journalFolder, readJournal, type Shelf } from '../core/composite/journal.ts';
import { requestsOf } from '../core/composite/wanted.ts';
import { Failure, toFailure } from '../core/failure.ts';
import type { Target } from '../core/find.ts';
import { pool } from '../core/pool.ts';
import type { PlannedRequest } from '../core/rehearse.ts';
import type { Item } from '../core/resource.ts';
import { escapeControls } from './output/escape.ts';
import type { Session } from './session.ts';

/** What became of one server. */
export interface Ended extends Target {
  readonly done?: Done;
  readonly requests?: readonly PlannedRequest[];
  /** Why nothing was sent although nothing failed. */
  readonly nothing?: string;
}

/** How composites are run. */
export interface CompositeOptions {
  readonly want: (server: Item) => Journal;
  /** Why a server is not even stopped: a Failure, or a sentence when all is as it should be. */
  readonly check?: (server: Item) => Failure | string | undefined;
  readonly leaveOff?: boolean;
  readonly dryRun?: boolean;
  /** No word on standard error but failures. */
  readonly quiet: boolean;
}

/** What finishes whatever composites left undone. */
export const resumeAll = 'cloudctl server resume';

/** A run that had only its journal left to remove is taken for a new one after so many milliseconds. */
const stale = 3_600_000;

/** The place of journals for the current API; throws `refused` when there is no home. */
export async function openShelf(session: Session): Promise<Shelf> {
  const folder = journalFolder(session.world);
  if (folder) return { folder, scope: await session.scope() };
  throw new Failure('refused', 'no place to note what a stopped server is owed: HOME is not set', {
    hint: 'Set HOME or XDG_STATE_HOME',
  });
}

/** Stops servers, does something to them and leaves them as they were, several at a time; all are tried. Ctrl-C ends them all, with what is owed noted. */
export async function runComposites(
  session: Session,
  api: Api,
  targets: readonly Target[],
  options: CompositeOptions,
): Promise<Ended[]> {
  const shelf = await openShelf(session);
  return pool(targets, session.settings.concurrency, async (target): Promise<Ended> => {
    const { item } = target;
    if (!item) return target;
    try {
      const owed = readJournal(shelf, item.id);
      // What was begun is gone on with, however far it came.
      const objection = owed && hasGoal(owed.owes) ? undefined : options.check?.(item);
      if (typeof objection === 'string') return { ...target, nothing: objection };
      if (objection) return { ...target, failure: objection };
      const wanted = options.want(item);
      if (options.dryRun) {
        return { ...target, requests: requestsOf(item, merge(owed, wanted, options.leaveOff ?? false).journal) };
      }
      return { ...target, done: await runOne(session, api, shelf, wanted, options) };
    } catch (error) {
      const failure = toFailure(error);
      const ends = failure.code === 'unexpected' || (failure.code === 'interrupted' && targets.length === 1);
      if (ends) throw error;
      return { ...target, failure };
    }
  });
}

async function runOne(
  session: Session,
  api: Api,
  shelf: Shelf,
  wanted: Journal,
  options: CompositeOptions,
): Promise<Done> {
  const { world } = session;
  const tools = { api, ...toolsOf(session, wanted.server.name, options.quiet) };
  const { journal, resumed } = await begin(shelf, world, wanted, options);
  if (resumed) tools.tell(`going on with '${journal.command}' of ${journal.began}`);
  const done = await carryOut(tools, shelf, journal, resumed);
  const isNews = !done.idle || world.clock.now() - Date.parse(journal.began) < stale;
  if (isNews) return done;
  const { journal: anew } = await begin(shelf, world, wanted, options);
  return carryOut(tools, shelf, anew, false);
}

/** What a composite on one server is done with, telling each step on standard error unless it is to be quiet. */
export function toolsOf({ world, settings }: Session, name: string, quiet: boolean) {
  const silent = quiet || settings.quiet;
  const tell = (text: string) => {
    if (!silent) world.err.write(`${escapeControls(`${name}: ${text}`)}\n`);
  };
  return { clock: world.clock, signal: world.signal, tell };
}
