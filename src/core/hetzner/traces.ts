import type { Action } from '../api.ts';
import { asObject, type Call } from './call.ts';
import { comesFrom } from './commands.ts';

/** The label by which an image is found again that an unanswered request may have made. */
export const requestLabel = 'cloudctl/request';

/** By what the effect of a POST is recognised. */
export type Trace =
  | { readonly by: 'name'; readonly collection: string; readonly name: string; readonly body: object }
  | { readonly by: 'label'; readonly item: string; readonly label: string }
  | { readonly by: 'action'; readonly item: string; readonly collection: string; readonly command: string }
  /** The answer is all that matters, and asking once more does no harm. */
  | { readonly by: 'nothing' };

/** Answers hold a secret that only this call tells; calling again makes a new one. */
const repeatable = ['request_console', 'reset_password'];

/** What a POST leaves behind to be recognised by; undefined when nothing is known. */
export function traceOf({ path, body }: Call): Trace | undefined {
  const [collection = '', id = '', actions, command, ...rest] = path.split('/');
  const { name, labels } = asObject(body);
  if (id === '' && collection !== '') {
    return typeof name === 'string' ? { by: 'name', collection, name, body: asObject(body) } : undefined;
  }
  if (actions !== 'actions' || !command || rest.length > 0) return undefined;
  if (repeatable.includes(command)) return { by: 'nothing' };
  const item = `${collection}/${id}`;
  if (command !== 'create_image') return { by: 'action', item, collection, command };
  const label = asObject(labels)[requestLabel];
  return typeof label === 'string' ? { by: 'label', item, label } : undefined;
}

/** True for a call that the API lets a mark be set on, and that leaves nothing else to be recognised by. */
export function isMarkable({ method, path }: Call): boolean {
  return method === 'POST' && /^servers\/[^/]+\/actions\/create_image$/.test(path);
}

/** A markable call with a mark that its effect can be found by; `id` must be unique. A mark that was given is replaced: labels are copied from other images. */
export function mark(call: Call, id: string): Call {
  const body = asObject(call.body);
  return { ...call, body: { ...body, labels: { ...asObject(body.labels), [requestLabel]: id } } };
}

/** Whether an item can be what a create with that body made at `since` (milliseconds, the server's clock) or later. */
export function isMadeBy(item: Readonly<Record<string, unknown>>, body: object, since: number): boolean {
  const created = Date.parse(String(item.created));
  if (Number.isNaN(created) || created < since) return false;
  return Object.entries(body).every(([key, wanted]) => key === 'name' || agrees(wanted, item[key], key));
}

/** Whether an action can be what a POST of the command started at `since` or later. */
export function isStartedBy(action: Action, collection: string, command: string, since: number): boolean {
  return Date.parse(action.started) >= since && comesFrom(collection, command, action.command);
}

/** Two clients may create the same name at once: what they ask for tells them apart, as far as the item shows it. */
function agrees(wanted: unknown, got: unknown, key: string): boolean {
  if (key === 'labels') {
    return Object.entries(asObject(wanted)).every(([name, value]) => asObject(got)[name] === value);
  }
  if (typeof wanted !== 'string' && typeof wanted !== 'number') return true;
  if (typeof got === 'string' || typeof got === 'number') return sameText(wanted, got);
  const { id, name } = asObject(got);
  return (id === undefined && name === undefined) || sameText(wanted, id) || sameText(wanted, name);
}

function sameText(left: unknown, right: unknown): boolean {
  return String(left).trim().toLowerCase() === String(right).trim().toLowerCase();
}
