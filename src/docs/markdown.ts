import type { CommandEntry, GroupPage, Manual, Row, TopicPage } from './manual.ts';

/** Every page of the Markdown reference: its file's name and text. */
export function writeReference(manual: Manual): [file: string, text: string][] {
  return [
    ['index.md', finish(indexPage(manual))],
    ...manual.groups.map((group): [string, string] => [`${group.name}.md`, finish(groupPage(group))]),
    ...manual.topics.map((topic): [string, string] => [`${topic.name}.md`, finish(topicPage(topic))]),
  ];
}

function finish(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

function indexPage({ groups, topics, globals }: Manual): string[] {
  const sections = [...new Set(groups.map(({ section }) => section))];
  return [
    '# Reference',
    'Written from the declarations of the commands by `npm run docs`. The same is in the man pages and in `--help`.',
    ...sections.flatMap(section => [
      `## ${section}`,
      table(
        ['Command', ''],
        groups.filter(group => group.section === section).map(({ name, summary }) => [link(name), toProse(summary)]),
      ),
    ]),
    '## Flags of every command',
    table(['Flag', ''], codeRows(globals)),
    '## Besides',
    topics.map(({ name, summary }) => `- [${toProse(summary)}](${name}.md)`).join('\n'),
  ];
}

function groupPage({ name, summary, aliases, commands }: GroupPage): string[] {
  const also = aliases.length > 0 ? [`Also typed as ${aliases.map(code).join(', ')}.`] : [];
  const contents = commands.map(
    command => `- [${code(command.name)}](#${anchor(command.name)}): ${toProse(command.summary)}`,
  );
  return [
    `# cloudctl ${name}`,
    `${toProse(summary)}.`,
    ...also,
    contents.join('\n'),
    ...commands.flatMap(describe),
    'The flags of every command are in the [index](index.md#flags-of-every-command).',
  ];
}

function describe(command: CommandEntry): string[] {
  const { name, summary, description, usage, operands, flags, columns, examples, exits } = command;
  const rows = [...operands, ...flags];
  return [
    `## ${name}`,
    `${toProse(summary)}.`,
    ...(description ? [toProse(description)] : []),
    block([usage]),
    ...(rows.length > 0 ? [table(['Flag', ''], codeRows(rows))] : []),
    ...(columns.length > 0 ? [`Columns: ${columns.map(code).join(', ')}.`] : []),
    examples.length > 1 ? 'Examples:' : 'Example:',
    block(examples),
    `[Exit status](exit-codes.md): ${exits.join(', ')}.`,
  ];
}

function topicPage({ summary, paragraphs, rows }: TopicPage): string[] {
  return [`# ${toProse(summary)}`, ...paragraphs.map(toProse), table(['', ''], codeRows(rows))];
}

function codeRows(rows: readonly Row[]): Row[] {
  return rows.map(([name, meaning]) => [code(name), toProse(meaning)]);
}

function table(head: Row, rows: readonly Row[]): string {
  return [head, ['---', '---'], ...rows].map(([left, right]) => `| ${left} | ${right} |`).join('\n');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function block(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

function link(name: string): string {
  return `[\`cloudctl ${name}\`](${name}.md)`;
}

/** How GitHub makes an anchor of a heading. */
function anchor(text: string): string {
  return text.toLowerCase().replaceAll(' ', '-');
}

/** Prose that Markdown shows as it is. */
function toProse(text: string): string {
  return text.replace(/[\\`*|[\]]/g, '\\$&').replaceAll('<', '&lt;');
}
