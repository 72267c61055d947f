import type { Referred } from '../../core/access/operation.ts';
import { permissionToUse } from '../../core/access/permissions.ts';
import { Failure } from '../../core/failure.ts';
import type { Item } from '../../core/resource.ts';
import type { Step } from '../../core/store/store.ts';
import { type Ask, notFound } from './ask.ts';
import { keyOfItem, namesItem } from './collections.ts';
import { byId, findReferred, findTarget } from './find.ts';
import { requireForm } from './form.ts';
import type { Approvals, Quotas } from './limits.ts';
import { resolveReferences } from './references.ts';
import { type Labels, onlyReserved, refuseReserved } from './reserved.ts';
import { narrowSelector } from './selectors.ts';
import { decide } from './standing.ts';

/** A change that may be made, and what is sent for it. */
export interface Prepared {
  /** The resource of the path, undefined for a create. */
  readonly target: Item | undefined;
  /** The path of the request, by the id of the resource. */
  readonly path: string;
  /** Undefined where the request had none. */
  readonly body: Body | undefined;
  /** The writes that belong to it, beside its entry in the audit log. */
  readonly steps: readonly Step[];
  /** The writes for when nothing comes of it. */
  readonly undo: readonly Step[];
}

/** What deciding needs beside the request. */
export interface PrepareTools {
  readonly quotas: Quotas;
  readonly approvals: Approvals;
}

type Body = Readonly<Record<string, unknown>>;

/** Finds out whether a change may be made, by everything that it names; throws `not_found` for what is hidden, `forbidden` with the permission that is missing, `refused` for a body that is wrong or a quota that is used up. */
export async function prepare(tools: PrepareTools, ask: Ask, request?: string): Promise<Prepared> {
  const { match } = ask;
  const { operation, type, id } = match;
  const target = id === undefined ? undefined : await findTarget(ask, operation.method === 'PUT' || ask.fresh);
  const requireMay = (permission: string) => {
    const decision = decide(ask, permission, type, target);
    if (decision.kind === 'hidden') throw notFound(keyOfItem(type).replaceAll('_', ' '));
    if (decision.kind === 'forbidden') throw new Failure('forbidden', decision.message);
    return decision.kind;
  };
  const decided = requireMay(operation.permission);
  const given = parseBody(ask.text);
  requireForm(given);
  const further = Object.entries(operation.also ?? {}).filter(([key]) => (given?.[key] ?? null) !== null);
  const kinds = [decided, ...further.map(([, permission]) => requireMay(permission))];
  refuseReserved(given?.labels);
  const isOfItem = namesItem(operation);
  // What is made has no other labels than these; an update without any leaves those that the caller saw it by.
  if (request !== undefined || (isOfItem && given?.labels !== undefined)) requireCovered(ask, given?.labels);
  const named = operation.references ?? {};
  const body = given && (await resolveReferences(given, named, (type, value) => refer(ask, type, value)));
  const undo = kinds.includes('quota') ? await tools.quotas.require(ask, body ?? {}, target, request) : [];
  const path = target ? byId(ask.path, target) : ask.path;
  const approve = () => tools.approvals.require({ ...ask, path }, operation.permission);
  const steps = kinds.includes('approval') ? [await approve()] : [];
  return { target, path, body: isOfItem ? keepReserved(body, target) : body, steps, undo };
}

/** What is sent for something that the body names; throws where the caller may not refer to it. */
async function refer(ask: Ask, type: Referred, value: string | number): Promise<string | number> {
  const { view, principal } = ask;
  const grantOn = (collection: string) => principal.grants[permissionToUse(collection)];
  if (type === 'selector') {
    return grantOn('servers') === 'all' && view.seesAll('servers')
      ? value
      : narrowSelector(String(value), principal.owners);
  }
  if (type === 'account') {
    if (principal.grants[ask.match.operation.permission] === 'all' && principal.selector === undefined) return value;
    throw new Failure(
      'forbidden',
      `'${String(value).slice(0, 100)}' belongs to the whole account: this takes a role for everything`,
    );
  }
  if (grantOn(type) === 'all' && view.seesAll(type)) return value;
  const mayUse = (item: Item) => decide(ask, permissionToUse(type), type, item).kind === 'allowed';
  const isUsable = (item: Item) => view.sees(type, item) && (view.isPublic(type, item) || mayUse(item));
  const found = await findReferred(ask, type, value, isUsable);
  if (!found) throw notFound(`${keyOfItem(type).replaceAll('_', ' ')} '${String(value).slice(0, 100)}'`);
  // By its id, so that what was looked at is what is meant; a public image is found by name for each kind of processor.
  if (view.isPublic(type, found)) return value;
  return typeof value === 'number' ? found.id : String(found.id);
}

/** A token that is bound to labels makes nothing that it could not see, and puts nothing out of its own reach. */
function requireCovered({ view, principal }: Ask, labels: unknown): void {
  const given = typeof labels === 'object' && labels !== null ? (labels as Labels) : {};
  if (view.covers(given)) return;
  throw new Failure(
    'forbidden',
    `this token is bound to the label selector '${principal.selector}', which the labels would not match`,
  );
}

/** PUT replaces all labels: those that the caller does not see stay as they are. */
function keepReserved(body: Body | undefined, target: Item | undefined): Body | undefined {
  if (body?.labels === undefined || body.labels === null || !target) return body;
  return { ...body, labels: { ...(body.labels as Labels), ...onlyReserved(target.labels ?? {}) } };
}

function parseBody(text: string): Body | undefined {
  if (text.trim() === '') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // What the parser says has a piece of the body in it, which may be a secret.
    throw new Failure('usage', 'the body is not JSON', { apiCode: 'json_error' });
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw new Failure('usage', 'the body must be a JSON object', { apiCode: 'json_error' });
}
