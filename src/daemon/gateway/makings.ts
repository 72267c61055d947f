import { createHash, randomBytes } from 'node:crypto';
import type { Action } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import type { Item } from '../../core/resource.ts';
import type { Clock } from '../../core/world.ts';
import { type Ask, askerOf } from './ask.ts';
import { keyOfItem } from './collections.ts';
import type { Change, Ownership } from './ownership.ts';
import { ownerLabel, requestLabel } from './reserved.ts';
import { ownerOf } from './view.ts';

/** Something that a request is to make. */
export interface Making {
  /** Path of the collection that it will be in, and its key in the answer. */
  readonly type: string;
  readonly key: string;
  /** The label that it is found by, whatever becomes of the answer. */
  readonly request: string;
}

/** What a request is to make: the same for the same request with the same `Idempotency-Key`; undefined where it makes nothing that can have labels. */
export function makingOf({ match, key, principal, path, text }: Ask): Making | undefined {
  const { operation, type } = match;
  if (operation.method !== 'POST') return undefined;
  const made = operation.path === type ? type : operation.path.endsWith('/actions/create_image') ? 'images' : undefined;
  if (made === undefined) return undefined;
  const asked = JSON.stringify([principal.owner, key, path, text]);
  const word = key === undefined ? randomBytes(16) : createHash('sha256').update(asked).digest();
  return { type: made, key: keyOfItem(made), request: word.toString('hex').slice(0, 32) };
}

type Body = Readonly<Record<string, unknown>>;

/** The body with the labels that say whose the new one is, and which request it is of. */
export function labelled(body: Body | undefined, { request }: Making, owner: string): Body {
  const labels = (body?.labels ?? {}) as object;
  return { ...body, labels: { ...labels, [ownerLabel]: owner, [requestLabel]: request } };
}

/** Milliseconds before each look: a request that was cut off on its way can land late. */
const settling = [0, 2000, 5000];

/** What was made by a request whose answer was lost, in the form of that answer; undefined when it does not show within seven seconds. */
export async function findMade(ask: Ask, making: Making, clock: Clock): Promise<Body | undefined> {
  for (const pause of settling) {
    if (pause > 0) await clock.sleep(pause, ask.signal);
    const made = await lookOnce(ask, making);
    if (made) return made;
  }
  return undefined;
}

/** The same without waiting. */
async function lookOnce(ask: Ask, { type, key, request }: Making): Promise<Body | undefined> {
  const [item] = await fetchRows(
    ask,
    `${type}?label_selector=${encodeURIComponent(`${requestLabel}=${request}`)}`,
    type,
  );
  if (!item) return undefined;
  // An image is made by an action of its server.
  const of = type === 'images' ? `servers/${ask.match.id}` : `${type}/${item.id}`;
  const actions = (await fetchRows(ask, `${of}/actions?sort=id:asc&per_page=50`, 'actions')) as unknown as Action[];
  const own = type === 'images' ? actions.filter(({ command }) => command === 'create_image').slice(-1) : actions;
  const [action = null, ...next_actions] = own;
  return { [key]: item, action, next_actions, ...(type === 'servers' && { root_password: null }) };
}

async function fetchRows(ask: Ask, path: string, key: string): Promise<readonly Item[]> {
  const { status, body } = await ask.upstream.send({ method: 'GET', path }, askerOf(ask, 'write'));
  if (status !== 200) return [];
  return (JSON.parse(body) as Record<string, readonly Item[] | undefined>)[key] ?? [];
}

/** An intent that another daemon may be at work on may be taken up after so many milliseconds. */
const given = 60_000;

/** What an earlier request with the same `Idempotency-Key` has made, or what enters the intent of making it now. Throws `conflict` while another daemon may still be at it. */
export async function begin(
  ask: Ask,
  making: Making,
  ownership: Ownership,
  clock: Clock,
): Promise<{ readonly made: Body } | { readonly change: Change }> {
  const { principal, upstream } = ask;
  const about = { project: upstream.project.id, type: making.type, owner: principal.owner, author: principal.name };
  const intend: Change = { kind: 'intend', request: making.request, ...about };
  const before = ask.key === undefined ? undefined : await ownership.intent(making.request);
  if (!before) return { change: intend };
  const isRecent = before.state === 'open' && clock.now() - before.updated < given;
  // Its daemon is gone, but what that one sent can still be on its way.
  const isLeft = isRecent && before.updated < ownership.since;
  const made = await (isLeft ? findMade(ask, making, clock) : lookOnce(ask, making));
  if (made) {
    await requireOwn(ask, making, ownership, made);
    return { made };
  }
  if (isRecent && !isLeft) {
    throw new Failure('conflict', 'the first request with this Idempotency-Key is still under way', {
      hint: 'Try again',
    });
  }
  return { change: { ...intend, again: before.updated } };
}

/** Throws `refused` where what was made has gone to somebody else since. */
async function requireOwn(ask: Ask, { type, key }: Making, ownership: Ownership, made: Body): Promise<void> {
  const { principal, upstream } = ask;
  const owner = ownerOf(await ownership.read(), upstream.project.id, type, made[key] as Item);
  if (owner !== undefined && principal.owners.includes(owner)) return;
  throw new Failure('refused', 'what the first request with this Idempotency-Key has made is not yours any more', {
    apiCode: 'invalid_input',
  });
}
