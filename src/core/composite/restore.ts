import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Item } from '../resource.ts';

/** The server that a snapshot was made of; undefined when it is gone. */
export async function findSource(api: Api, snapshot: Item): Promise<Item | undefined> {
  const id = snapshot.created_from?.id;
  if (id === undefined) return undefined;
  try {
    const { server } = await api.send<{ server?: Item }>('GET', `servers/${id}`);
    return server;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Throws `refused` when a snapshot cannot be written to a disk of so many GB of that architecture; `what` has the disk. */
export function requireFit(snapshot: Item, what: string, disk: number, architecture: string | undefined): void {
  const { id, status, disk_size } = snapshot;
  if (status !== 'available') throw new Failure('refused', `snapshot ${id} is ${status}`);
  if (architecture !== undefined && architecture !== snapshot.architecture) {
    throw new Failure('refused', `snapshot ${id} is for ${snapshot.architecture}, and ${what} is ${architecture}`);
  }
  if (disk >= disk_size) return;
  throw new Failure('refused', `snapshot ${id} needs a disk of ${disk_size} GB, and ${what} has ${disk} GB`, {
    hint: 'Take a server type with a larger disk',
  });
}
