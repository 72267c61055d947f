import type { Command } from '../commands/command.ts';
import { groups } from '../commands/groups.ts';
import { exitRows, flagRows, usageOf } from '../commands/help.ts';
import { operandsOf } from '../commands/operands.ts';
import { topics } from '../commands/topics.ts';
import { globalFields } from '../core/config/settings.ts';

/** A name and what it means. */
export type Row = readonly [name: string, meaning: string];

/** One command as the manual tells of it. */
export interface CommandEntry {
  /** What is typed after the program's name: `server list`. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly usage: string;
  readonly operands: readonly Row[];
  readonly flags: readonly Row[];
  /** The columns of what it lists. */
  readonly columns: readonly string[];
  readonly examples: readonly string[];
  readonly exits: readonly string[];
}

/** One noun as the manual tells of it. */
export interface GroupPage {
  readonly name: string;
  readonly summary: string;
  readonly section: string;
  readonly aliases: readonly string[];
  readonly commands: readonly CommandEntry[];
}

/** A page of rows that belongs to no command. */
export interface TopicPage {
  readonly name: string;
  readonly summary: string;
  readonly paragraphs: readonly string[];
  readonly rows: readonly Row[];
}

/** Everything that the manual says, from the declarations alone. */
export interface Manual {
  readonly groups: readonly GroupPage[];
  readonly topics: readonly TopicPage[];
  readonly globals: readonly Row[];
}

/** Loads every group and reads its declarations. */
export async function loadManual(): Promise<Manual> {
  const pages = groups.map(async ({ name, summary, section, aliases, load }): Promise<GroupPage> => {
    const group = await load();
    const commands = group.command
      ? [describeCommand(name, group.command)]
      : group.commands.filter(({ hidden }) => !hidden).map(one => describeCommand(`${name} ${one.name}`, one));
    return { name, summary, section, aliases, commands };
  });
  return { groups: await Promise.all(pages), topics: readTopics(), globals: trimRows(flagRows(globalFields)) };
}

function describeCommand(name: string, command: Command): CommandEntry {
  const { summary, description, fields, examples, columns = [] } = command;
  return {
    name,
    summary,
    description,
    usage: `cloudctl ${usageOf(name, command)}`,
    operands: operandsOf(fields).map(([operand, declared]): Row => [`<${operand}>`, declared.summary]),
    flags: trimRows(flagRows(fields)),
    columns: command.name === 'list' ? columns : [],
    examples,
    exits: exitRows(command).map(([exit]) => exit),
  };
}

function trimRows(rows: readonly Row[]): Row[] {
  return rows.map(([name, meaning]) => [name.trim(), meaning]);
}

/** Help topics are text in columns, two or more blanks apart; other lines are paragraphs, the first one the title. */
function readTopics(): TopicPage[] {
  return Object.entries(topics).map(([name, { summary, text }]) => {
    const lines = text().split('\n').slice(1).filter(Boolean);
    const rows = lines.filter(line => line.startsWith('  ')).map(readRow);
    return { name, summary, rows, paragraphs: lines.filter(line => !line.startsWith('  ')) };
  });
}

function readRow(line: string): Row {
  const cells = line.trim().split(/ {2,}/);
  return [cells.slice(0, -1).join(' '), cells.at(-1)!];
}
