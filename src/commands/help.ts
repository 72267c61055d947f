import { globalFields } from '../core/config/settings.ts';
import { formatDuration } from '../core/config/values.ts';
import { type FailureCode, failures } from '../core/failure.ts';
import type { Field, Fields } from '../core/field.ts';
import { type Command, commonExits, type Group } from './command.ts';
import { type GroupEntry, groups } from './groups.ts';
import { describeOperands, operandsOf } from './operands.ts';
import { globalsBeside } from './parser.ts';

const width = 30;

/** Help of the whole program: every group under its heading. */
export function helpProgram(): string {
  const sections = [...new Set(groups.map(group => group.section))];
  const listed = sections.map(section => {
    const rows = groups.filter(group => group.section === section).map(({ name, summary }): Row => [name, summary]);
    return `${section}:\n${formatRows(rows)}`;
  });
  return [
    'Run servers at Hetzner Cloud from the command line.',
    'Usage: cloudctl <resource> <verb> [targets...] [flags]',
    ...listed,
    `Flags of every command:\n${formatRows(flagRows(globalFields))}`,
    'cloudctl help exit-codes, cloudctl help environment: what the statuses and variables mean.',
    'cloudctl <resource> <verb> --help: flags, examples and exit statuses of one command.',
  ].join('\n\n');
}

/** Help of one noun: what can be done with it. */
export function helpGroup(entry: GroupEntry, group: Group): string {
  const rows = group.commands.filter(({ hidden }) => !hidden).map(({ name, summary }): Row => [name, summary]);
  const also = entry.aliases.length > 0 ? [`Also: ${entry.aliases.join(', ')}`] : [];
  return [
    entry.summary,
    `Usage: cloudctl ${entry.name} <verb> [targets...] [flags]`,
    ...also,
    `Verbs:\n${formatRows(rows)}`,
    `cloudctl ${entry.name} <verb> --help: flags, examples and exit statuses of one.`,
  ].join('\n\n');
}

/** Help of one command: usage, operands, flags, examples and exit statuses. */
export function helpCommand(name: string, command: Command): string {
  const operands = operandsOf(command.fields).map(([operand, { summary }]): Row => [`<${operand}>`, summary]);
  const flags = flagRows(command.fields);
  const part = (title: string, body: string) => (body === '' ? [] : [`${title}:\n${body}`]);
  return [
    command.summary,
    ...(command.description ? [command.description] : []),
    `Usage: cloudctl ${usageOf(name, command)}`,
    ...part('Arguments', formatRows(operands)),
    ...part('Flags', formatRows(flags)),
    ...part('Flags of every command', formatRows(flagRows(globalsBeside(command.fields)))),
    ...part('Examples', command.examples.map(example => `  ${example}`).join('\n')),
    ...part('Exit status', formatRows(exitRows(command))),
  ].join('\n\n');
}

/** The command line with its operands and the flags that must be given. */
export function usageOf(name: string, command: Command): string {
  const required = Object.entries(command.fields)
    .filter(([, declared]) => declared.required && !declared.operand)
    .map(([flag, declared]) => `--${flag} ${placeholder(flag, declared)}`);
  return [name, ...describeOperands(command.fields), ...required, '[flags]'].join(' ');
}

type Row = readonly [string, string];

/** One row for each exit status the command may end with, 0 first. */
export function exitRows(command: Command): Row[] {
  const codes = [...new Set<FailureCode>([...commonExits, ...command.exits])];
  const byExit = new Map<number, string[]>();
  for (const code of codes) {
    const { exit, when } = failures[code];
    byExit.set(exit, [...(byExit.get(exit) ?? []), when]);
  }
  const rows = [...byExit].sort(([a], [b]) => a - b).map(([exit, when]): Row => [String(exit), when.join('; ')]);
  return [['0', 'done'], ...rows];
}

/** One row for each flag: how it is typed, and what it means with its choices and default. */
export function flagRows(fields: Fields): Row[] {
  return Object.entries(fields)
    .filter(([, declared]) => !declared.operand && !declared.hidden)
    .map(([name, declared]): Row => {
      const short = declared.short ? `-${declared.short}, ` : '    ';
      const value = declared.type === 'boolean' ? '' : ` ${placeholder(name, declared)}`;
      return [`${short}--${name}${value}`, explain(declared)];
    });
}

function explain({ type, summary, choices, default: preset, required, env }: Field): string {
  const notes = [
    ...(required ? ['required'] : []),
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(preset === undefined || preset === false ? [] : [`default ${showDefault(type, preset)}`]),
    ...(env ? [env] : []),
  ];
  return notes.length > 0 ? `${summary} (${notes.join('; ')})` : summary;
}

function showDefault(type: Field['type'], preset: unknown): string {
  return type === 'duration' ? formatDuration(Number(preset)) : String(preset);
}

function placeholder(name: string, declared: Field): string {
  return `<${declared.placeholder ?? (declared.type === 'labels' ? 'key=value' : name)}>`;
}

function formatRows(rows: readonly Row[]): string {
  return rows
    .map(([left, right]) =>
      left.length > width ? `  ${left}\n${' '.repeat(width + 4)}${right}` : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n');
}
