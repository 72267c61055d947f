import { version } from '../core/version.ts';
import type { CommandEntry, GroupPage, Manual, TopicPage } from './manual.ts';
import { definitions, escapeRoff, heading, literal, paragraph, subheading, synopsis, title } from './roff.ts';

/** In the footer of every page; fixed, so that the same declarations give the same bytes. */
const date = '2026-11-23';

/** Every man page: its file's name and text. */
export function writeManPages(manual: Manual): [file: string, text: string][] {
  return [
    ['cloudctl.1', finish(programPage(manual))],
    ...manual.groups.map((group): [string, string] => [`cloudctl-${group.name}.1`, finish(groupPage(group))]),
    ...manual.topics.map((topic): [string, string] => [`cloudctl-${topic.name}.7`, finish(topicPage(topic))]),
  ];
}

function finish(blocks: readonly string[]): string {
  return `${blocks.join('\n')}\n`;
}

function begin(name: string, section: number, summary: string): string[] {
  return [title(name, section, date, `cloudctl ${version}`), heading('NAME'), escapeRoff(`${name} - ${summary}`)];
}

function programPage({ groups, topics, globals }: Manual): string[] {
  const sections = [...new Set(groups.map(({ section }) => section))];
  const listed = sections.flatMap(section => [
    subheading(section),
    ...definitions(groups.filter(group => group.section === section).map(({ name, summary }) => [name, summary])),
  ]);
  const others = [
    ...groups.map(({ name }) => `cloudctl-${name}(1)`),
    ...topics.map(({ name }) => `cloudctl-${name}(7)`),
  ];
  return [
    ...begin('cloudctl', 1, 'run servers at Hetzner Cloud from the command line'),
    heading('SYNOPSIS'),
    synopsis('cloudctl <resource> <verb> [<targets>...] [<flags>]'),
    heading('DESCRIPTION'),
    paragraph('Every noun has a page of its own, with its verbs, their flags and examples.'),
    heading('COMMANDS'),
    ...listed,
    heading('FLAGS OF EVERY COMMAND'),
    ...definitions(globals),
    heading('SEE ALSO'),
    paragraph(others.join(', ')),
  ];
}

function groupPage({ name, summary, aliases, commands }: GroupPage): string[] {
  const also = aliases.length > 0 ? [paragraph(`Also typed as ${aliases.join(', ')}.`)] : [];
  return [
    ...begin(`cloudctl-${name}`, 1, summary),
    heading('SYNOPSIS'),
    synopsis(...commands.map(({ usage }) => usage)),
    heading('DESCRIPTION'),
    paragraph(`${summary}.`),
    ...also,
    paragraph('The flags that every command takes are in cloudctl(1).'),
    heading('COMMANDS'),
    ...commands.flatMap(describe),
    heading('SEE ALSO'),
    paragraph('cloudctl(1), cloudctl-exit-codes(7), cloudctl-environment(7)'),
  ];
}

function describe(command: CommandEntry): string[] {
  const { name, summary, description, usage, operands, flags, columns, examples, exits } = command;
  return [
    subheading(name),
    paragraph(`${summary}.`),
    ...(description ? [paragraph(description)] : []),
    synopsis(usage),
    ...definitions([...operands, ...flags]),
    ...(columns.length > 0 ? [paragraph(`Columns: ${columns.join(', ')}.`)] : []),
    paragraph(examples.length > 1 ? 'Examples:' : 'Example:'),
    literal(examples),
    paragraph(`Exit status: ${exits.join(', ')}.`),
  ];
}

function topicPage({ name, summary, paragraphs, rows }: TopicPage): string[] {
  return [
    ...begin(`cloudctl-${name}`, 7, summary),
    heading('DESCRIPTION'),
    ...paragraphs.map(paragraph),
    ...definitions(rows),
    heading('SEE ALSO'),
    paragraph('cloudctl(1)'),
  ];
}
