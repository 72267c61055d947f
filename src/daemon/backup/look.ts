import { type Action, type Api, collect } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import type { Image, Server } from '../../core/hetzner/types.ts';
import { label } from './labels.ts';

/** The image of that id, undefined when there is none. */
export function readImage(api: Api, id: number): Promise<Image | undefined> {
  return read<Image>(api, `images/${id}`, 'image');
}

/** The server of that id, undefined when it is gone. */
export function readServer(api: Api, id: number): Promise<Server | undefined> {
  return read<Server>(api, `servers/${id}`, 'server');
}

/** The action of that id, undefined when Hetzner has forgotten it. */
export function readAction(api: Api, id: number): Promise<Action | undefined> {
  return read<Action>(api, `actions/${id}`, 'action');
}

/** Snapshots that a selector chooses, all of the project's without one. */
export function listSnapshots(api: Api, selector?: string): Promise<Image[]> {
  return collect(api.list<Image>('images', { type: 'snapshot', ...(selector && { label_selector: selector }) }));
}

/** Images that a run has made, the oldest first. */
export async function imagesOfRun(api: Api, run: string): Promise<Image[]> {
  const images = await listSnapshots(api, `${label.run}=${run}`);
  return images.sort((one, other) => one.id - other.id);
}

/** Servers that a restore test has made. */
export function serversOfRun(api: Api, run: string): Promise<Server[]> {
  return collect(api.list<Server>('servers', { label_selector: `${label.run}=${run}` }));
}

async function read<T>(api: Api, path: string, key: string): Promise<T | undefined> {
  try {
    const answer = await api.send<Record<string, T>>('GET', path);
    if (answer?.[key]) return answer[key];
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
  throw new Failure('unreachable', `the answer for ${path} has no '${key}'`);
}
