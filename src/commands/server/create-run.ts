import type { Api } from '../../core/api.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { pool } from '../../core/pool.ts';
import { server } from '../../core/resources/server.ts';
import { readUserData } from '../../core/resources/user-data.ts';
import { deprecationsOf, planAttempts, requireAttempts } from '../../core/server-create/attempts.ts';
import { requireCurrentImages } from '../../core/server-create/choose.ts';
import { ensureServer } from '../../core/server-create/ensure.ts';
import { type Known, lookUp } from '../../core/server-create/look-up.ts';
import { isTaken, makeServer } from '../../core/server-create/make.ts';
import type { Order } from '../../core/server-create/order.ts';
import type { Attempt } from '../../core/server-create/wish.ts';
import { forgetNames } from '../complete/cache.ts';
import { escapeControls } from '../output/escape.ts';
import { formatFor } from '../run-list.ts';
import { readInput, type Session } from '../session.ts';
import { type Deed, finishDeeds, waitShown } from '../wait.ts';
import type { CreateInput } from './create.ts';
import { type Ask, openAsk } from './create-ask.ts';
import { checkFlags, missingFlags, orderOf, requireFlags, userDataFiles } from './create-order.ts';
import { billFor } from './create-price.ts';
import { type CreateLook, showPlans, showServers } from './create-show.ts';

/** One line for people on standard error. */
type Tell = (line: string) => void;

/** Everything that making the servers needs. */
interface Job extends Known {
  readonly session: Session;
  readonly api: Api;
  readonly order: Order;
  readonly attempts: readonly Attempt[];
  readonly look: CreateLook;
  readonly tell: Tell;
}

/** Creates what the flags ask for, or what is answered in place of missing ones; `ask` stands for the terminal. */
export async function createServers(session: Session, typed: CreateInput, ask = openAsk(session.world)): Promise<void> {
  const format = formatFor(session, server, typed);
  checkFlags(typed);
  // Who reads user data from the keyboard has no keyboard left to answer with.
  const askable = session.interactive && !userDataFiles(typed).includes('-');
  const input = askable && missingFlags(typed).length > 0 ? await askMissing(session, typed, ask) : typed;
  requireFlags(input);
  const order = orderOf(input, session.settings.defaultSshKeys, await userDataOf(session, input));
  const told = !format.machine && !session.settings.quiet;
  const asks = askable && !session.settings.yes && !input['dry-run'];
  const api = await session.api();
  const readFile = (path: string) => readInput(session.world, expandHome(path, session.world.env.HOME));
  const known = await lookUp(api, order, { readFile, priced: told || asks });
  const tell: Tell = line => {
    if (told) session.world.err.write(`${escapeControls(line)}\n`);
  };
  const attempts = planAttempts(known.wish.types, known.wish.locations);
  const look = { format, several: input.count !== undefined, ensure: order.ensure, waited: !input['no-wait'] };
  const job: Job = { session, api, order, ...known, attempts, look, tell };
  await agree(job, asks ? ask : undefined);
  if (input['dry-run']) return showPlans(job);
  await make(job);
}

async function askMissing(session: Session, typed: CreateInput, ask: Ask): Promise<CreateInput> {
  const { runWizard } = await import('./create-wizard.ts');
  return runWizard(session, typed, ask);
}

async function userDataOf(session: Session, input: CreateInput): Promise<string | undefined> {
  const files = userDataFiles(input);
  return files.length > 0 ? readUserData(files, path => readInput(session.world, path)) : undefined;
}

/** The shell leaves `~` alone after `--ssh-key=`. */
function expandHome(path: string, home: string | undefined): string {
  return home && path.startsWith('~/') ? `${home}${path.slice(1)}` : path;
}

/** Checks that what does not exist can be made, tells its price, and asks for agreement where there is someone to ask. */
async function agree({ session, order, wish, existing, pricing, attempts, tell }: Job, ask: Ask | undefined) {
  const absent = order.names.filter(name => !existing.has(name));
  if (absent.length === 0) return;
  requireAttempts(wish.types, wish.locations, attempts);
  if (!order.allowDeprecatedImage) requireCurrentImages(wish.images);
  for (const note of deprecationsOf(attempts, session.world.clock.now())) tell(`Note: ${note}`);
  if (!pricing) return;
  const bill = billFor(absent.length, attempts, wish, pricing);
  tell(bill.line);
  if (!ask) return;
  const what = absent.length === 1 ? `server ${absent[0]}` : `${absent.length} servers`;
  if (!(await ask.confirm(`Create ${what} for ${bill.sum}?`))) {
    throw new Failure('interrupted', 'nothing was created');
  }
}

/** Makes all servers, waits for them, and shows those there are, whatever went wrong with others. */
async function make(job: Job): Promise<void> {
  const { session, api, order, look } = job;
  const { concurrency } = session.settings;
  const started = await pool(order.names, concurrency, name => attemptOne(job, name));
  await forgetNames(session, server);
  let ended: Deed[] = started;
  let broken: Failure | undefined;
  try {
    ended = await finishDeeds(session, api, started, { wait: look.waited, quiet: look.format.machine });
  } catch (error) {
    // Root passwords are told once: they are shown even when the waiting is over.
    broken = explainBreak(toFailure(error), started);
  }
  const waited = look.waited && !broken;
  const done = waited ? await pool(ended, concurrency, deed => refresh(api, deed)) : ended;
  const rows = order.names.map((target, index) => ({ target, ...done[index]! }));
  await showServers({ ...job, look: { ...look, waited } }, rows, broken);
}

async function attemptOne({ session, api, order, wish, existing, attempts, look, tell }: Job, name: string) {
  const wait = (actions: Parameters<Api['wait']>[0]) =>
    waitShown(session, api, actions, { quiet: look.format.machine || order.names.length > 1 });
  try {
    const outcome = order.ensure
      ? await ensureServer(api, name, wish, { attempts, existing: existing.get(name), wait, tell })
      : await makeServer(api, name, wish, attempts, tell);
    return { outcome } satisfies Deed;
  } catch (error) {
    return { failure: order.ensure ? toFailure(error) : explainTaken(toFailure(error), name) } satisfies Deed;
  }
}

function explainTaken(failure: Failure, name: string): Failure {
  if (!isTaken(failure)) return failure;
  const { apiCode, correlationId } = failure;
  const hint = 'Add --ensure to complete the server that there is';
  return new Failure('refused', `server ${name} exists already`, {
    hint,
    apiCode,
    correlationId,
    cause: failure,
  });
}

function explainBreak(failure: Failure, started: readonly Deed[]): Failure {
  if (!started.some(({ outcome }) => outcome?.next)) return failure;
  const { code, message, hint, details, apiCode, correlationId, ambiguous } = failure;
  const then = 'The same command with --ensure does what is left: protection and backups';
  return new Failure(code, message, {
    hint: hint ? `${hint}\n${then}` : then,
    ...{ details, apiCode, correlationId, ambiguous, cause: failure },
  });
}

/** The deed with the server as it is now; what was answered before stays when that cannot be read. */
async function refresh(api: Api, deed: Deed): Promise<Deed> {
  const value = deed.outcome?.value as { server?: { id: number }; result?: string } | undefined;
  if (!value?.server || value.result === 'unchanged') return deed;
  try {
    const now = await api.send<object>('GET', `servers/${value.server.id}`);
    return { ...deed, outcome: { ...deed.outcome, value: { ...value, ...now } } };
  } catch (error) {
    return { ...deed, failure: deed.failure ?? toFailure(error) };
  }
}
