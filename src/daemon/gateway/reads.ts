import { arrange } from '../../core/access/list-query.ts';
import { Failure } from '../../core/failure.ts';
import type { Item } from '../../core/resource.ts';
import { findActions, isActionSeen } from './actions.ts';
import { passError } from './answer.ts';
import { type Answer, type Ask, askerOf, notFound } from './ask.ts';
import { collectionOf, keyOfItem, namesItem } from './collections.ts';
import type { Deeds } from './deeds.ts';
import { byId, findTarget } from './find.ts';
import type { Kept } from './kept.ts';
import { redactBody, redactItem } from './redact.ts';
import { withoutSecrets } from './secrets.ts';
import { requireSelector } from './selectors.ts';
import { decide } from './standing.ts';

/** What reading needs beside the request. */
export interface ReadTools {
  readonly kept: Kept;
  readonly deeds: Deeds;
}

/** Answers a request that changes nothing; throws a Failure. */
export async function answerReading(tools: ReadTools, ask: Ask): Promise<Answer> {
  const { operation, type, action } = ask.match;
  const { path } = operation;
  if (action !== undefined) return describeAction(tools, ask, Number(action));
  if (type === 'actions') return listActions(tools, ask);
  if (path === type) return type === 'pricing' ? passOn(ask) : list(tools, ask);
  if (path === `${type}/actions`) return ask.view.seesAll(type) ? passOn(ask) : listFeed(tools, ask);
  const target = await findTarget(ask);
  // It is seen; its metrics are another permission.
  const decision = decide(ask, operation.permission, type, target);
  if (decision.kind === 'forbidden') throw new Failure('forbidden', decision.message);
  if (namesItem(operation)) return reply(ask, { [keyOfItem(type)]: target });
  // Below a resource that the caller sees there is nothing of anybody else's.
  return passOn({ ...ask, path: byId(ask.path, target) });
}

/** A list, made here of the whole collection: pages, totals and look-ups by name are of what the caller sees. */
async function list({ kept }: ReadTools, ask: Ask): Promise<Answer> {
  const { view, upstream, query } = ask;
  const { type } = ask.match;
  const selector = query.get('label_selector');
  if (selector !== null) requireSelector(selector);
  const picture = await upstream.reader.all(type, askerOf(ask, 'read'), { fresh: ask.fresh });
  const key = `${upstream.project.id} ${type} ${picture.version} ${view.key} ${query}`;
  const body = kept.text(key, () =>
    arrangeFor(
      ask,
      type,
      picture.items.filter(item => view.sees(type, item)),
    ),
  );
  return { status: 200, body };
}

/** The actions of all resources of a kind, of which the caller sees some. */
async function listFeed({ deeds }: ReadTools, ask: Ask): Promise<Answer> {
  const { upstream, path, principal } = ask;
  const { items } = await upstream.reader.all(path, askerOf(ask, 'read'), { fresh: ask.fresh });
  const begun = await deeds.begunBy(
    upstream.project.id,
    items.map(({ id }) => id),
    principal.owners,
  );
  const seen = items.filter(action => isActionSeen(ask.view, action, begun));
  return { status: 200, body: arrangeFor(ask, 'actions', seen) };
}

async function listActions(tools: ReadTools, ask: Ask): Promise<Answer> {
  const asked = ask.query.getAll('id');
  if (asked.length > mostIds) throw tooMany();
  const ids = asked.map(Number).filter(Number.isSafeInteger);
  const seen = await findActions(tools.deeds, ask, ids);
  return { status: 200, body: arrangeFor(ask, 'actions', seen as readonly Item[]) };
}

/** As many as a page has. */
const mostIds = 50;

/** Others who wait for their actions are asked for together with these. */
function tooMany(): Failure {
  const message = `give ${mostIds} at most`;
  return new Failure('refused', `invalid input in field 'id': ${message}`, {
    apiCode: 'invalid_input',
    details: { fields: [{ name: 'id', messages: [message] }] },
  });
}

/** An action by its id; one of a resource's own, where the path names a resource. */
async function describeAction(tools: ReadTools, ask: Ask, id: number): Promise<Answer> {
  if (ask.match.id !== undefined) await findTarget(ask);
  const [action] = await findActions(tools.deeds, ask, [id]);
  if (!action) throw notFound('action');
  return reply(ask, { action });
}

function arrangeFor(ask: Ask, type: string, seen: readonly Item[]): string {
  const { items, pagination } = arrange(seen, ask.query, ask.match.operation);
  const redacted = items.map(item => redactItem(ask.view, type, item));
  return JSON.stringify(withoutSecrets(ask, { [type]: redacted, meta: { pagination } }));
}

function reply(ask: Ask, body: unknown): Answer {
  return { status: 200, body: JSON.stringify(withoutSecrets(ask, redactBody(ask.view, body, collectionOf))) };
}

/** Passes a reading on as it came, below a resource that was found to be the caller's. */
async function passOn(ask: Ask): Promise<Answer> {
  const { reader, project } = ask.upstream;
  const path = ask.query.size > 0 ? `${ask.path}?${ask.query}` : ask.path;
  const { status, body, headers } = await reader.get(path, askerOf(ask, 'read'), { fresh: ask.fresh });
  if (status === 200) return reply(ask, body);
  return passError({ status, headers, body: JSON.stringify(body ?? null) }, new URL(project.endpoint).host);
}
