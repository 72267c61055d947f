import { rehearse } from '../core/rehearse.ts';
import { type Item, nameOf, type Outcome, type Resource } from '../core/resource.ts';
import { forgetNames } from './complete/cache.ts';
import { escapeControls } from './output/escape.ts';
import type { Format } from './output/format.ts';
import { writeResults } from './output/results.ts';
import type { Run } from './resource-group.ts';
import { formatFor, lookOf, printRows } from './run-list.ts';
import type { Session } from './session.ts';
import { verbCall } from './verb-call.ts';
import { finishDeeds } from './wait.ts';

/** Makes one item, waits for it, and shows it as it then is. */
export async function runCreate({ session, resource, verb, input }: Run): Promise<void> {
  const format = formatFor(session, resource, input);
  const api = await session.api(resource.of);
  const rehearsal = input['dry-run'] ? rehearse(api) : undefined;
  const call = await verbCall(session, resource, verb, input, undefined, rehearsal?.api ?? api);
  const started = await verb.run(call);
  if (rehearsal) {
    const result = { target: String(input.name ?? resource.title), ok: true, requests: rehearsal.requests };
    return writeResults(session.world.out, format, [result], { several: false, ...lookOf(session) });
  }
  await forgetNames(session, resource);
  const [done] = await finishDeeds(session, api, [{ outcome: started }], {
    wait: !input['no-wait'],
    quiet: format.machine,
  });
  if (done?.failure) throw done.failure;
  await showCreated(session, resource, format, done?.outcome ?? started, !input['no-wait']);
}

/** Shows what a create answered: the item as it is now, secrets that are told only once, and the finished actions. */
export async function showCreated(
  session: Session,
  resource: Resource,
  format: Format,
  outcome: Outcome,
  waited: boolean,
): Promise<void> {
  const value = await refreshed(session, resource, outcome, waited);
  const item = value[resource.key] as Item;
  const result = { target: nameOf(resource, item), id: item.id, ok: true, value, actions: outcome.actions };
  if (format.machine || !waited) {
    return writeResults(session.world.out, format, [result], { several: false, ...lookOf(session) });
  }
  await printRows(session, resource, [item], format);
  const { [resource.key]: _, notices = [], ...secrets } = value;
  for (const [key, text] of Object.entries(secrets)) {
    if (typeof text === 'string') session.world.out.write(`${key.replaceAll('_', ' ')}: ${text}\n`);
  }
  if (session.settings.quiet) return;
  for (const notice of notices as readonly string[]) session.world.err.write(`${escapeControls(notice)}\n`);
}

/** The answer with the item as it is after its actions have ended. */
async function refreshed(
  session: Session,
  resource: Resource,
  outcome: Outcome,
  waited: boolean,
): Promise<Record<string, unknown>> {
  const value = outcome.value as Record<string, unknown>;
  const item = value[resource.key] as Item;
  if (!waited || !outcome.actions?.length) return value;
  const api = await session.api(resource.of);
  return { ...value, ...(await api.send<object>('GET', `${resource.path}/${item.id}`)) };
}
