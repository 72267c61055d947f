import { Failure } from '../../../core/failure.ts';
import { readError } from '../../../core/hetzner/errors.ts';
import type { Item } from '../../../core/resource.ts';
import { keyOfItem } from '../collections.ts';
import { ownerLabel } from '../reserved.ts';
import type { Asker, Upstream } from '../upstream/upstream.ts';

/** One item as Hetzner has it at this moment; undefined when it is gone. Throws a Failure when that cannot be told. */
export async function readItem(
  { reader, project }: Upstream,
  type: string,
  id: number,
  asker: Asker,
): Promise<Item | undefined> {
  const { status, body, headers } = await reader.get(`${type}/${id}`, asker, { fresh: true });
  if (status === 404) return undefined;
  const item = status === 200 ? (body as Record<string, Item | undefined>)[keyOfItem(type)] : undefined;
  if (item) return item;
  throw readError({ status, headers, body: JSON.stringify(body ?? null) }, new URL(project.endpoint).host);
}

/** Has the label at Hetzner say whose a resource is, all other labels as they are; false where it does so already, or the resource is gone. */
export async function labelOwner(
  upstream: Upstream,
  { type, id, owner }: { readonly type: string; readonly id: number; readonly owner: string },
  asker: Asker,
): Promise<boolean> {
  const item = await readItem(upstream, type, id, asker);
  if (!item || item.labels?.[ownerLabel] === owner) return false;
  const body = JSON.stringify({ labels: { ...item.labels, [ownerLabel]: owner } });
  const answer = await upstream.send({ method: 'PUT', path: `${type}/${id}`, body }, asker);
  await upstream.reader.touch([type]);
  if (answer.status < 300) return true;
  const failure = readError(answer, new URL(upstream.project.endpoint).host);
  throw new Failure(failure.code, `the label of ${type}/${id} cannot be set: ${failure.message}`, { cause: failure });
}
