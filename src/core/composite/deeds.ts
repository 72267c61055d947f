import { type Action, type Api, collect } from '../api.ts';
import { Failure, failures } from '../failure.ts';
import type { Item } from '../resource.ts';
import { call } from '../verbs.ts';
import type { Clock } from '../world.ts';
import type { Journal } from './journal.ts';
import type { Deed, View } from './plan.ts';

/** What steps are done with. */
export interface Tools {
  readonly api: Api;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Says what is being done, for people. */
  readonly tell: (text: string) => void;
}

/** The label by which a snapshot of an earlier process is known again. */
export const runLabel = 'cloudctl/run';

/** One request of a composite; the path is that of an action of the server. */
export interface Command {
  readonly path: string;
  readonly body?: object;
}

/** What is sent for a deed. */
export function commandOf(deed: Deed, { server, owes }: Pick<Journal, 'server' | 'owes'>): Command {
  const path = (name: string) => `servers/${server.id}/actions/${name}`;
  if (deed === 'image' && owes.image) {
    const { run, description, labels } = owes.image;
    return {
      path: path('create_image'),
      body: { type: 'snapshot', ...(description && { description }), labels: { ...labels, [runLabel]: run } },
    };
  }
  if (deed === 'change' && owes.type) {
    return { path: path('change_type'), body: { server_type: owes.type.name, upgrade_disk: owes.type.upgradeDisk } };
  }
  return { path: path(deed) };
}

/** Sends what a deed takes and waits for its end; an image that it began is in the result also when it failed. */
export async function doDeed({ api }: Tools, deed: Deed, journal: Journal): Promise<Partial<View> & Ended> {
  const { path, body } = commandOf(deed, journal);
  try {
    const { value, actions } = await call(api, 'POST', path, body);
    const { image } = (value ?? {}) as { image?: Item };
    const ended = await finish(api, actions ?? []);
    return { ...(image && { image: await readImage(api, image.id) }), ...ended };
  } catch (error) {
    // What may pass, or may have had its effect, is not given up: the next run goes on with it.
    if (!(error instanceof Failure) || !isFinal(error)) throw error;
    return { actions: [], failure: error };
  }
}

/** Actions that have ended, and why one of them failed. */
export interface Ended {
  readonly actions: readonly Action[];
  readonly failure?: Failure;
}

/** Waits until nothing runs on the server, and reads its image again. */
export async function waitUntilFree({ api, clock, signal }: Tools, view: View): Promise<Partial<View>> {
  const path = `servers/${view.server.id}/actions`;
  const running = await collect<Action>(api.list(path, { status: 'running' }));
  if (running.length === 0) await clock.sleep(1000, signal);
  // Whether it failed shows in the state that is read next.
  else await finish(api, running);
  return view.image ? { image: await readImage(api, view.image.id) } : {};
}

/** The snapshot that an earlier process made for this journal, if there is one. */
export async function lookForImage({ api }: Tools, { owes }: Journal): Promise<Item | undefined> {
  const query = { type: 'snapshot', label_selector: `${runLabel}=${owes.image?.run}` };
  const [image] = await collect<Item>(api.list('images', query));
  return image;
}

/** The server as it is now. */
export async function readServer(api: Api, id: number): Promise<Item> {
  const { server } = await api.send<{ server?: Item }>('GET', `servers/${id}`);
  if (server) return server;
  throw new Failure('unreachable', `the answer for server ${id} has no 'server'`);
}

async function readImage(api: Api, id: number): Promise<Item | undefined> {
  try {
    const { image } = await api.send<{ image?: Item }>('GET', `images/${id}`);
    return image;
  } catch (error) {
    // Deleted meanwhile: then there is none.
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}

async function finish(api: Api, actions: readonly Action[]): Promise<Ended> {
  const latest = new Map(actions.map(action => [action.id, action]));
  try {
    await api.wait(actions, action => latest.set(action.id, action));
  } catch (error) {
    const failed = [...latest.values()].some(({ status }) => status === 'error');
    if (!(error instanceof Failure) || !failed || error.code !== 'refused') throw error;
    return { actions: [...latest.values()], failure: error };
  }
  return { actions: [...latest.values()] };
}

function isFinal({ code, ambiguous }: Failure): boolean {
  return !ambiguous && !failures[code].again && code !== 'unexpected';
}
