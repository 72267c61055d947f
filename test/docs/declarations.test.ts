import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { groups } from '../../src/commands/groups.ts';
import { exitRows } from '../../src/commands/help.ts';
import { parseCommand } from '../../src/commands/parser.ts';
import { identities } from '../../src/core/resources/identities.ts';
import { words } from '../helpers/run.ts';

const commands = (
  await Promise.all(
    groups.map(async entry => {
      const group = await entry.load();
      if (group.command) return [[entry.name, group.command] as const];
      return group.commands.map(command => [`${entry.name} ${command.name}`, command] as const);
    }),
  )
).flat() as [string, Command][];

describe.each(commands)('cloudctl %s', (name, command) => {
  test('says in a line what it does', () => {
    expect(command.summary).toMatch(/^[A-Z'].*[^.]$/);
    expect(command.summary).not.toMatch(/\n/);
    for (const [field, { summary }] of Object.entries(command.fields))
      expect(summary, field).toMatch(/([^.]| \.\.\.)$/);
  });

  test('has examples of itself, each a command line that it takes', async () => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) {
      const typed = words(ownPart(example, name));
      expect(typed.slice(0, 1 + name.split(' ').length).join(' '), example).toBe(`cloudctl ${name}`);
      const parsed = parseCommand(name, command, typed.slice(1 + name.split(' ').length));
      await expect(parsed, example).resolves.toBeDefined();
    }
  });

  test('says how it may end', () => {
    expect(exitRows(command).map(([exit]) => exit)).toEqual(expect.arrayContaining(['0', '1', '2']));
  });

  test('has no two flags with one letter, and refers only to resources that there are', () => {
    const fields = Object.values(command.fields);
    const letters = fields.flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    for (const { refers } of fields) if (refers) expect(Object.keys(identities)).toContain(refers.resource);
  });
});

/** The part of a shell's line that calls this command. */
function ownPart(example: string, name: string): string {
  const parts = example.split(/ [|<>] | && |; /);
  return parts.find(part => part.includes(`cloudctl ${name}`)) ?? example;
}
