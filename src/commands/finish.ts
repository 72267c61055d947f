import type { Api } from '../core/api.ts';
import {
  describeOwed,
  type Journal,
  journalFolder,
  listJournals,
  readJournal,
  removeJournal,
  type Shelf,
} from '../core/composite/journal.ts';
import { Failure } from '../core/failure.ts';
import type { Item } from '../core/resource.ts';
import { escapeControls } from './output/escape.ts';
import type { Session } from './session.ts';

/** A guest that shut down too slowly may go off for so many milliseconds after it was given up. */
const slowest = 900_000;

/** How it is offered. */
export interface OfferOptions {
  /** A program reads the output. */
  readonly quiet?: boolean;
  /** Asks yes or no; a prompt on the terminal where absent. */
  readonly ask?: (world: Session['world'], question: string) => Promise<boolean>;
}

/** For servers that an earlier command stopped and did not finish: asks on a terminal whether to finish it first, and otherwise says so in one line on standard error; says nothing with `quiet`. Costs one look into a folder where there is nothing. */
export async function offerToFinish(
  session: Session,
  api: Api,
  items: readonly Item[],
  options: OfferOptions = {},
): Promise<void> {
  const folder = journalFolder(session.world);
  const owed = folder === undefined ? new Set<number>() : new Set(listJournals(folder));
  const affected = items.filter(({ id }) => owed.has(id));
  if (folder === undefined || affected.length === 0) return;
  const shelf = { folder, scope: await session.scope() };
  for (const item of affected) await offerOne(session, api, shelf, item, options);
}

async function offerOne(
  session: Session,
  api: Api,
  shelf: Shelf,
  item: Item,
  { quiet = false, ask = askPerson }: OfferOptions,
): Promise<void> {
  const { isHeldByAnother, thisProcess } = await import('../core/composite/holder.ts');
  const { hasGoal } = await import('../core/composite/claim.ts');
  const { world, settings, interactive } = session;
  const journal = readOrTell(session, shelf, item, quiet);
  if (!journal || isHeldByAnother(journal.holder, await thisProcess())) return;
  if (!hasGoal(journal.owes) && item.status !== 'off') {
    if (world.clock.now() - Date.parse(journal.began) > slowest) removeJournal(shelf, item.id);
    return;
  }
  const what = `server ${item.name} is still owed ${describeOwed(journal.owes)} by '${journal.command}'`;
  if (interactive && !quiet && !settings.yes) {
    if (!(await ask(world, `${capitalize(what)}. Finish that first?`))) return;
    const { finish } = await import('./server/resume.ts');
    const { failure } = await finish(session, api, shelf, { target: item.name, item }, quiet);
    if (failure) throw failure;
    return;
  }
  if (quiet || settings.quiet) return;
  world.err.write(`${escapeControls(`Note: ${what}: cloudctl server resume ${item.name}`)}\n`);
}

/** A journal that cannot be read keeps no other command from its work. */
function readOrTell({ world }: Session, shelf: Shelf, { id }: Item, quiet: boolean): Journal | undefined {
  try {
    return readJournal(shelf, id);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!quiet) world.err.write(`${escapeControls(`Note: ${error.message}`)}\n`);
    return undefined;
  }
}

async function askPerson(world: Session['world'], question: string): Promise<boolean> {
  const { confirm } = await import('./output/prompt.ts');
  return confirm(world, question);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
