import type { Action } from '../../../core/api.ts';
import type { Entry } from '../../../core/audit/audit.ts';
import type { Item } from '../../../core/resource.ts';
import { entered, type Trial } from '../../api/entries.ts';
import { keyOfItem } from '../collections.ts';
import { learn } from '../learn.ts';
import { labelOwner, readItem } from '../owners/label.ts';
import type { Change } from '../ownership.ts';
import { ownerLabel } from '../reserved.ts';
import type { Mending } from './decide.ts';
import { asker, type Place, type ReconcileTools } from './tools.ts';

type Of<K extends Mending['kind']> = Extract<Mending, { kind: K }>;

/** Does one mending; each may be done twice. With the trial of an earlier try nothing is entered while it is refused as before. */
export async function mend(tools: ReconcileTools, place: Place, mending: Mending, trial: Trial): Promise<void> {
  switch (mending.kind) {
    case 'made':
      return settle(tools, place, mending);
    case 'not-made':
      return write(tools, [{ kind: 'settle', request: mending.request }]);
    case 'adopt':
      return adopt(tools, place, mending);
    case 'repair':
      return repair(tools, place, mending, trial);
    case 'close':
      return close(tools, place, mending.id);
  }
}

/** Enters what the lost answer would have told: who owns it and what came with it, and who began its actions. */
async function settle({ deeds, ...tools }: ReconcileTools, place: Place, { request, item, owner, author }: Of<'made'>) {
  const { upstream, type } = place;
  const maker = { project: upstream.project.id, owner, author };
  const key = keyOfItem(type);
  const { changes } = learn({ [key]: item }, maker, { type, key, request });
  const begun = deeds.begin(maker.project, await readActions(place, item), owner, author);
  const reason = 'found by the label of its request, whose answer was lost';
  await write(
    tools,
    changes,
    { ...entryOf(place, item, 'owner.adopt'), reason, difference: difference(undefined, owner) },
    begun,
  );
}

async function adopt(tools: ReconcileTools, place: Place, { item, owner, author }: Of<'adopt'>) {
  const change = { project: place.upstream.project.id, type: place.type, id: item.id, owner, author };
  const entry = { ...entryOf(place, item, 'owner.adopt'), difference: difference(undefined, owner) };
  await write(
    tools,
    [
      { kind: 'own', ...change },
      { kind: 'transfer', ...change },
    ],
    entry,
  );
}

async function repair(tools: ReconcileTools, place: Place, { item, owner }: Of<'repair'>, trial: Trial) {
  const { type, upstream } = place;
  const entry = entryOf(place, item, 'owner.repair');
  const changed = difference(item.labels?.[ownerLabel], owner);
  const deed = () => labelOwner(upstream, { type, id: item.id, owner }, asker);
  await entered(tools, { ...entry, difference: changed }, deed, undefined, trial);
}

async function close({ store, clock }: ReconcileTools, { upstream, type }: Place, id: number) {
  if (await readItem(upstream, type, id, asker)) return;
  const rows = store.db.updateTable('ownerships').set({ closed: clock.now() }).where('closed', 'is', null);
  const one = rows.where('project_id', '=', upstream.project.id).where('type', '=', type).where('resource_id', '=', id);
  await store.commit([{ query: one }]);
}

async function write(
  { ownership, audit, store }: Pick<ReconcileTools, 'ownership' | 'audit' | 'store'>,
  changes: readonly Change[],
  entry?: Omit<Entry, 'result'>,
  steps: Parameters<ReconcileTools['audit']['commit']>[1] = [],
): Promise<void> {
  const written = ownership.write(changes);
  const all = [...written.steps, ...steps];
  if (entry) await audit.commit([{ ...entry, result: 'done' }], all);
  else await store.commit(all);
  written.apply();
}

/** The actions by which an item was made. */
async function readActions({ upstream, type }: Place, item: Item): Promise<readonly Action[]> {
  // That of an image is its server's.
  if (type === 'images') return [];
  const { status, body } = await upstream.reader.get(`${type}/${item.id}/actions?per_page=50`, asker, { fresh: true });
  return status === 200 ? ((body as { readonly actions?: readonly Action[] }).actions ?? []) : [];
}

function entryOf({ type }: Place, item: Item, action: string): Omit<Entry, 'result'> {
  const name = item.name ?? item.description;
  return {
    actor: 'system',
    action,
    target: { type: keyOfItem(type), id: item.id, ...(name && { name: String(name) }) },
  };
}

function difference(before: string | undefined, after: string) {
  return { owner: [before ?? null, after] };
}
