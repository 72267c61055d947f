import type { Action } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Item } from '../resource.ts';
import { hasGoal } from './claim.ts';
import { doDeed, lookForImage, readServer, type Tools, waitUntilFree } from './deeds.ts';
import { describeOwed, type Journal, removeJournal, type Shelf, writeJournal } from './journal.ts';
import { type Deed, plan, type Step, settled, type View } from './plan.ts';

/** What became of a server. */
export interface Done {
  readonly server: Item;
  readonly image?: Item;
  /** Those that this process began, in order. */
  readonly actions: readonly Action[];
  /** True when there was nothing left to do. */
  readonly idle: boolean;
}

interface Course extends View {
  readonly journal: Journal;
  readonly actions: readonly Action[];
  /** Why the goal was given up. */
  readonly failure?: Failure;
  /** The guest may still go off by itself, so that its start stays owed. */
  readonly mayGoOff?: boolean;
}

/** Does what is owed until nothing is, then removes the journal. When the goal fails the server is still left as it was found; what cannot be finished stays in the journal, and the Failure names the command that goes on. */
export async function carryOut(tools: Tools, shelf: Shelf, journal: Journal, resumed: boolean): Promise<Done> {
  const looks = resumed ? 0 : settled;
  let course: Omit<Course, 'server'> & { server?: Item } = { journal, looks, since: tools.clock.now(), actions: [] };
  let idle = true;
  try {
    for (;;) {
      const view: Course = { ...course, server: await readServer(tools.api, journal.server.id) };
      const step = plan(view, view.journal, tools.clock.now());
      if (step.do === 'done') return end(shelf, view, idle);
      course = { ...view, ...(await take(tools, shelf, step, view)) };
      idle &&= course.last === undefined;
    }
  } catch (error) {
    throw unfinished(error, tools, shelf, course.journal, course.failure);
  }
}

function end(shelf: Shelf, { server, image, actions, failure, mayGoOff }: Course, idle: boolean): Done {
  if (!mayGoOff) removeJournal(shelf, server.id);
  if (failure) throw failure;
  return { server, image, actions, idle };
}

async function take(tools: Tools, shelf: Shelf, step: Step, course: Course): Promise<Partial<Course>> {
  const { clock, signal } = tools;
  switch (step.do) {
    case 'unlock':
      return waitUntilFree(tools, course);
    case 'rest':
      await clock.sleep(step.after, signal);
      return {};
    case 'look':
      if (step.after > 0) await clock.sleep(step.after, signal);
      return { looks: course.looks + 1, image: await lookForImage(tools, course.journal) };
    case 'spoilt':
      return giveUp(course, spoilt(course));
    case 'give-up':
      return giveUpWaiting(shelf, course);
    case 'stuck':
      throw new Failure('timeout', `server ${course.server.name} stays ${course.server.status}`);
    case 'done':
      return {};
    default:
      return act(tools, step.do, course);
  }
}

async function act(tools: Tools, deed: Deed, course: Course): Promise<Partial<Course>> {
  tools.tell(says(deed, course.journal, course.last));
  const { actions, failure, ...seen } = await doDeed(tools, deed, course.journal);
  // Without its start a server is not as it was found: that is never given up.
  if (failure && deed === 'poweron') throw failure;
  const change = { ...seen, last: deed, since: tools.clock.now(), actions: [...course.actions, ...actions] };
  return failure ? { ...change, ...giveUp(course, failure) } : change;
}

function giveUp({ journal }: Course, failure: Failure): Partial<Course> {
  return { failure, image: undefined, journal: { ...journal, owes: { power: journal.owes.power } } };
}

function giveUpWaiting(shelf: Shelf, course: Course): Partial<Course> {
  const { name } = course.journal.server;
  const failure = new Failure(
    'refused',
    `server ${name} did not shut down within ${course.journal.stop.timeout / 1000} s and is left running`,
    { hint: `Add --force-off to cut its power; if it goes off later: cloudctl server resume ${name}` },
  );
  const change = giveUp(course, failure);
  writeJournal(shelf, change.journal!);
  return { ...change, mayGoOff: true };
}

function spoilt({ image, journal }: Course): Failure {
  return new Failure('refused', `snapshot ${image?.id} of server ${journal.server.name} could not be made`);
}

function says(deed: Deed, { owes, stop }: Journal, last: Deed | undefined): string {
  const within = `${stop.timeout / 1000} s`;
  return {
    shutdown: `shutting down, at most ${within}`,
    poweroff: `not off after ${within}, cutting its power`,
    image: 'making the snapshot',
    change: `changing its type to ${owes.type?.name}`,
    poweron: last === undefined ? 'starting it' : 'starting it again',
  }[deed];
}

function unfinished(error: unknown, tools: Tools, shelf: Shelf, journal: Journal, goal?: Failure): unknown {
  const stopped = tools.signal?.aborted && !(error instanceof Failure);
  const failure = stopped ? new Failure('interrupted', 'interrupted', { cause: error }) : error;
  if (!(failure instanceof Failure) || failure === goal) return failure;
  const { name, id } = journal.server;
  if (failure.code === 'not_found') {
    removeJournal(shelf, id);
    return failure;
  }
  const owes = hasGoal(journal.owes) || journal.owes.power === 'running' ? describeOwed(journal.owes) : 'to be off';
  const why = goal ? `${goal.message}; ${failure.message}` : failure.message;
  return new Failure(failure.code, `server ${name} is still owed ${owes}: ${why}`, {
    hint: `cloudctl server resume ${name}`,
    details: failure.details,
    apiCode: failure.apiCode,
    correlationId: failure.correlationId,
    ambiguous: failure.ambiguous,
    cause: failure,
  });
}
