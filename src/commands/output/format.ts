import { Failure } from '../../core/failure.ts';
import { nearest } from '../../core/nearest.ts';
import { parseTemplate, type Template } from './template.ts';

/** How data is to be written on standard output. */
export interface Format {
  readonly kind: 'table' | 'wide' | 'json' | 'ndjson' | 'yaml' | 'csv' | 'name' | 'id' | 'template';
  /** The columns asked for, in that order. */
  readonly columns?: readonly string[];
  readonly header: boolean;
  /** Set exactly when `kind` is `template`. */
  readonly template?: Template;
  /** A JMESPath expression, not yet checked: see `checkQuery`. */
  readonly query?: string;
  /** A program reads the output: no progress, and errors as JSON. */
  readonly machine: boolean;
}

/** What was typed for `-o` (repeated), `--columns` and `--query`; `available` are the columns there are. */
export interface FormatOptions {
  readonly output?: readonly string[];
  readonly columns?: readonly string[];
  readonly query?: string;
  readonly available?: readonly string[];
}

type Kind = Format['kind'];

const kinds: readonly Kind[] = ['table', 'wide', 'json', 'ndjson', 'yaml', 'csv', 'name', 'id'];
const machineKinds: readonly Kind[] = ['json', 'ndjson', 'yaml'];
const columnKinds: readonly Kind[] = ['table', 'wide', 'csv'];
const queryKinds: readonly Kind[] = ['table', 'wide', 'csv', ...machineKinds];

/** Everything that `-o` takes, for help and completion. */
export const formatNames: readonly string[] = [...kinds, 'columns=', 'noheader', 'format='];

/** The one format that the flags ask for together; `usage` for unknown formats and columns and for what excludes each other. */
export function parseFormat(options: FormatOptions): Format {
  const output = options.output ?? [];
  const asked = output.filter(one => one !== 'noheader' && !one.startsWith('columns='));
  const template = asked.find(one => one.startsWith('format='))?.slice('format='.length);
  const kind = chooseKind(asked.map(readKind), options.query);
  const columns = readColumns(options);
  if (columns && !columnKinds.includes(kind)) {
    throw new Failure('usage', `columns do not go with ${spell(kind)}`, {
      hint: "Use --query to choose fields, such as --query '[].{id: id, name: name}'",
    });
  }
  return {
    kind,
    columns,
    header: !output.includes('noheader'),
    template: template === undefined ? undefined : parseTemplate(template),
    query: options.query,
    machine: machineKinds.includes(kind),
  };
}

function readKind(typed: string): Kind {
  if (typed.startsWith('format=')) return 'template';
  const known = kinds.find(kind => kind === typed);
  if (known) return known;
  const guess = nearest(typed, formatNames);
  throw new Failure('usage', `unknown output format: ${typed}`, {
    hint: `${guess ? `Did you mean ${guess}? ` : ''}Formats: ${formatNames.join(', ')}`,
  });
}

function chooseKind(asked: readonly Kind[], query: string | undefined): Kind {
  const [kind, other] = [...new Set(asked)];
  if (other) throw new Failure('usage', `output formats exclude each other: ${spell(kind!)} and ${spell(other)}`);
  if (query === undefined) return kind ?? 'table';
  if (kind && !queryKinds.includes(kind)) {
    throw new Failure('usage', `--query does not go with ${spell(kind)}`, { hint: 'Use -o json, ndjson, yaml or csv' });
  }
  return kind ?? 'json';
}

function readColumns(options: FormatOptions): readonly string[] | undefined {
  const typed = (options.output ?? [])
    .filter(one => one.startsWith('columns='))
    .map(one => one.slice('columns='.length));
  const lists = [...typed, ...(options.columns ?? [])];
  if (lists.length === 0) return undefined;
  const names = lists
    .flatMap(list => list.split(','))
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '');
  if (names.length === 0) throw new Failure('usage', 'no columns given', { hint: listColumns(options.available) });
  return names.map(name => checkColumn(name, options.available));
}

function checkColumn(name: string, available: readonly string[] | undefined): string {
  if (!available || available.includes(name)) return name;
  const dashed = available.find(column => column === name.replaceAll('-', '_'));
  if (dashed) return dashed;
  const guess = nearest(name, available);
  throw new Failure('usage', `unknown column: ${name}`, {
    hint: `${guess ? `Did you mean ${guess}? ` : ''}${listColumns(available)}`,
  });
}

function listColumns(available: readonly string[] | undefined): string {
  return available ? `Columns: ${available.join(', ')}` : 'Such as --columns id,name';
}

function spell(kind: Kind): string {
  return kind === 'template' ? '-o format=' : `-o ${kind}`;
}
