import type { Field } from '../../core/field.ts';
import { identities, type ResourceName } from '../../core/resources/identities.ts';
import type { Command } from '../command.ts';
import { formatNames } from '../output/format.ts';
import type { Named } from './cache.ts';
import { type Answer, type Candidate, nothing, sortCandidates } from './candidate.ts';
import { offerLabelKeys, offerSelectors } from './labels.ts';
import type { Lookup } from './lookup.ts';
import type { Place } from './place.ts';
import { settingKeys } from './setting-keys.ts';

/** What the value at the cursor can be, each a whole word with what is before it. */
export async function offerValues(group: string, command: Command, place: Place, lookup: Lookup): Promise<Answer> {
  const { declared, lead, name, given } = place;
  if (!declared) return nothing;
  if (declared.placeholder === 'file') return { candidates: [], files: { lead } };
  const taken = given[name] ?? [];
  const offered = await offer(group, command, place, declared, lookup);
  const candidates = offered
    .filter(({ word }) => !taken.includes(word))
    .map(candidate => ({ ...candidate, word: lead + candidate.word }));
  return { candidates };
}

async function offer(
  group: string,
  command: Command,
  place: Place,
  declared: Field,
  lookup: Lookup,
): Promise<readonly Candidate[]> {
  const { name, typed } = place;
  if (declared.choices) return declared.choices.map(word => ({ word }));
  if (declared.type === 'boolean') return [{ word: 'true' }, { word: 'false' }];
  if (name === 'output') return offerFormats(command.columns ?? [], typed);
  if (name === 'columns') return toWords(command.columns ?? []);
  if (name === 'sort') return (command.columns ?? []).flatMap(column => toWords([column, `${column}:desc`]));
  if (name === 'context') return toWords(await lookup.contexts());
  if (name === 'account') return toWords(await lookup.accounts());
  if (group === 'config' && name === 'key') return settingKeys();
  const target = resourceOf(name === 'selector' ? (declared.refers?.resource ?? group) : group);
  if (name === 'selector') return offerSelectors(target ? await lookup.names(target) : [], typed);
  if (declared.refers) return offerNames(declared.refers.resource as ResourceName, lookup);
  if (target && command.name === 'remove-label' && name === 'label') {
    return offerLabelKeys(await lookup.names(target), place.given[target] ?? []);
  }
  return [];
}

/** The resource that a group is about. */
function resourceOf(group: string): ResourceName | undefined {
  return group in identities ? (group as ResourceName) : undefined;
}

async function offerNames(resource: ResourceName, lookup: Lookup): Promise<Candidate[]> {
  const names = await lookup.names(resource);
  const seen = new Map<string, number>();
  for (const { name } of names) seen.set(name, (seen.get(name) ?? 0) + 1);
  // An image's name stands for one of each architecture; any other name of several things is no use.
  const byId = (one: Named) => one.name.startsWith('-') || (resource !== 'image' && seen.get(one.name)! > 1);
  const candidates = names.map(one =>
    byId(one) ? { word: String(one.id), summary: one.name } : { word: one.name, summary: `${resource} ${one.id}` },
  );
  return sortCandidates([...new Map(candidates.map(candidate => [candidate.word, candidate])).values()]);
}

/** Formats; after `columns=` the columns that are not there yet. */
function offerFormats(columns: readonly string[], typed: string): Candidate[] {
  if (!typed.startsWith('columns=')) return toWords(formatNames);
  const start = Math.max(typed.lastIndexOf(','), 'columns='.length - 1) + 1;
  const taken = typed.slice('columns='.length, start).split(',');
  return toWords(columns.filter(column => !taken.includes(column)).map(column => typed.slice(0, start) + column));
}

function toWords(words: readonly string[]): Candidate[] {
  return words.map(word => ({ word }));
}
