import { globalFields } from '../core/config/settings.ts';
import { Failure, toFailure } from '../core/failure.ts';
import { type Fields, type Input, settleTimes } from '../core/field.ts';
import { nearest } from '../core/nearest.ts';
import { version } from '../core/version.ts';
import type { World } from '../core/world.ts';
import { leadingWords, wantsMachine } from './argv.ts';
import type { Command } from './command.ts';
import { type GroupEntry, groups } from './groups.ts';
import { parseCommand } from './parser.ts';
import { openSession } from './session.ts';

/** Runs one command line and resolves with the exit status; whatever fails is printed here, and nowhere else. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  try {
    if (argv.length === 1 && argv[0] === '--version') {
      world.out.write(`cloudctl ${version}\n`);
      return 0;
    }
    return (await dispatch(argv, world)) ?? 0;
  } catch (error) {
    return report(toFailure(error), argv, world);
  }
}

async function report(failure: Failure, argv: readonly string[], world: World): Promise<number> {
  const { writeFailure } = await import('./output/errors.ts');
  try {
    writeFailure(world.err, failure, wantsMachine(argv));
    if (failure.code === 'unexpected' && world.env.CLOUDCTL_DEBUG && failure.cause instanceof Error) {
      world.err.write(`${failure.cause.stack}\n`);
    }
  } catch {
    // Standard error is gone or full: the status is all that is left to say it with.
  }
  return failure.exit;
}

async function dispatch(argv: readonly string[], world: World): Promise<void | number> {
  if (argv[0] === '__complete') return (await import('./complete/index.ts')).complete(argv.slice(1), world);
  const [first, second] = leadingWords(argv, globalFields);
  if (!first || first.word === 'help') return help(argv, first?.at ?? 0, world);
  const entry = findGroup(first.word);
  const group = await entry.load();
  if (group.command) return runCommand(entry.name, group.command, without(argv, first.at), world);
  if (!second) return world.out.write(`${(await import('./help.ts')).helpGroup(entry, group)}\n`);
  const found = findCommand(entry, group.commands, second.word);
  const words = without(without(argv, second.at), first.at);
  return runCommand(`${entry.name} ${found.name}`, found, words, world);
}

function without(argv: readonly string[], at: number): string[] {
  return argv.filter((_, index) => index !== at - 1);
}

async function runCommand(
  name: string,
  command: Command,
  words: readonly string[],
  world: World,
): Promise<void | number> {
  const parsed = await parseCommand(name, command, words);
  if (parsed.help) return world.out.write(`${(await import('./help.ts')).helpCommand(name, command)}\n`);
  const { query } = parsed.input;
  // Known to be wrong before anything is sent.
  if (typeof query === 'string') await (await import('./output/query.ts')).checkQuery(query);
  const session = await openSession(world, parsed.flags);
  try {
    const input = settleTimes(command.fields, parsed.input, world.clock.now());
    return await command.run(session, input as Input<Fields>);
  } finally {
    await session.settled();
  }
}

async function help(argv: readonly string[], at: number, world: World): Promise<void> {
  const { helpProgram, helpGroup, helpCommand } = await import('./help.ts');
  const [noun, verb] = argv.slice(at).filter(word => !word.startsWith('-'));
  const flags = (at === 0 ? argv : argv.slice(0, at - 1)).filter(word => word.startsWith('-'));
  for (const flag of flags) requireGlobal(flag);
  if (noun === undefined) return world.out.write(`${helpProgram()}\n`);
  const { topics } = await import('./topics.ts');
  const topic = topics[noun];
  if (topic) return world.out.write(`${topic.text()}\n`);
  const entry = findGroup(noun);
  const group = await entry.load();
  if (group.command) return world.out.write(`${helpCommand(entry.name, group.command)}\n`);
  if (verb === undefined) return world.out.write(`${helpGroup(entry, group)}\n`);
  const found = findCommand(entry, group.commands, verb);
  return world.out.write(`${helpCommand(`${entry.name} ${found.name}`, found)}\n`);
}

function requireGlobal(flag: string): void {
  const name = flag.replace(/^--?/, '').split('=')[0]!;
  if (
    ['h', 'help'].includes(name) ||
    name in globalFields ||
    Object.values(globalFields).some(({ short }) => short === name)
  )
    return;
  throw new Failure('usage', `unknown option '${flag}'`, {
    hint: suggest(name, Object.keys(globalFields), word => `--${word}`),
  });
}

/** The group of that name or alias; throws `usage` with the nearest one. */
export function findGroup(word: string): GroupEntry {
  const entry = groups.find(({ name, aliases }) => name === word || aliases.includes(word));
  if (entry) return entry;
  const known = groups.flatMap(({ name, aliases }) => [name, ...aliases]);
  throw new Failure('usage', `unknown command '${word}'`, {
    hint: suggest(word, known, name => `cloudctl ${name}`) ?? 'cloudctl help',
  });
}

function findCommand(entry: GroupEntry, commands: readonly Command[], word: string): Command {
  const found = commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
  if (found) return found;
  const known = commands.map(({ name }) => name);
  const hint = suggest(word, known, name => `cloudctl ${entry.name} ${name}`) ?? `cloudctl ${entry.name} --help`;
  throw new Failure('usage', `unknown verb '${word}' for ${entry.name}`, { hint });
}

function suggest(word: string, known: readonly string[], show: (name: string) => string): string | undefined {
  const name = nearest(word, known);
  return name === undefined ? undefined : show(name);
}
