import { globalFields } from '../../core/config/settings.ts';
import type { World } from '../../core/world.ts';
import { leadingWords } from '../argv.ts';
import type { Command, Group } from '../command.ts';
import { type GroupEntry, groups } from '../groups.ts';
import { type Answer, type Candidate, nothing } from './candidate.ts';
import { offerFlags } from './flags.ts';
import { openLookup } from './lookup.ts';
import { locate, type Place } from './place.ts';
import { offerValues } from './values.ts';

/** Everything that the last of the words, those after the program's name, could be or become. */
export async function suggest(words: readonly string[], world: World): Promise<Answer> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const [first, second] = leadingWords(before, globalFields);
  if (!first) return suggestWord(before, current, world, () => offerGroups(current));
  if (first.word === 'help') return { candidates: await offerTopics(before.slice(first.at), current) };
  const entry = findEntry(first.word);
  if (!entry) return nothing;
  const group = await entry.load();
  if (group.command) return suggestFor(entry.name, group.command, without(before, first.at), current, world);
  const rest = without(before, first.at);
  if (!second) return suggestWord(rest, current, world, () => offerVerbs(group));
  const command = group.commands.find(({ name, aliases }) => name === second.word || aliases?.includes(second.word));
  return command ? suggestFor(entry.name, command, without(rest, second.at - 1), current, world) : nothing;
}

function without(words: readonly string[], at: number): string[] {
  return words.filter((_, index) => index !== at - 1);
}

async function suggestFor(
  group: string,
  command: Command,
  before: readonly string[],
  current: string,
  world: World,
): Promise<Answer> {
  const fields = { ...globalFields, ...command.fields };
  const place = locate({ ...command, fields }, before, current);
  if (place.kind === 'flag') return { candidates: offerFlags(fields, place.given, current) };
  return offerValues(group, command, place, openLookup(world, globalsOf(command, place)));
}

/** Before there is a command: a global flag, the value of one, or the word itself. */
async function suggestWord(
  before: readonly string[],
  current: string,
  world: World,
  offer: () => readonly Candidate[],
): Promise<Answer> {
  const root: Command = { ...rootCommand, fields: globalFields };
  const place = locate(root, before, current);
  if (place.kind !== 'nothing') return suggestFor('', root, before, current, world);
  return { candidates: offer() };
}

const rootCommand = { name: '', summary: '', examples: [], exits: [], run: async () => {} };

/** The global flags as typed: which context, configuration and endpoint the names are from. */
function globalsOf({ fields }: Command, { given }: Place): Record<string, readonly string[]> {
  // `context use <context>` has an operand of the same name.
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in globalFields && !fields[name]?.operand));
}

function findEntry(word: string): GroupEntry | undefined {
  return groups.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** The nouns; aliases only where no noun begins like that, since each would stand in the way of its own noun. */
function offerGroups(typed: string): Candidate[] {
  const nouns = groups.map(({ name, summary }) => ({ word: name, summary }));
  const named = [...nouns, { word: 'help', summary: 'Help on a command or a topic' }];
  if (named.some(({ word }) => word.startsWith(typed))) return named;
  return groups.flatMap(({ aliases, summary }) => aliases.map(word => ({ word, summary })));
}

function offerVerbs(group: Group): Candidate[] {
  return group.commands.filter(({ hidden }) => !hidden).map(({ name, summary }) => ({ word: name, summary }));
}

async function offerTopics(before: readonly string[], typed: string): Promise<Candidate[]> {
  const [noun, ...others] = before;
  if (noun === undefined) {
    const { topics } = await import('../topics.ts');
    const pages = Object.entries(topics).map(([word, { summary }]) => ({ word, summary }));
    return [...offerGroups(typed).filter(({ word }) => word !== 'help'), ...pages];
  }
  const entry = others.length === 0 ? findEntry(noun) : undefined;
  return entry ? offerVerbs(await entry.load()) : [];
}
