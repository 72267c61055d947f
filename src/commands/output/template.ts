import { Failure } from '../../core/failure.ts';
import { escapeKeepingLines } from './escape.ts';

/** Text and field paths of a Go template, in order; the path `{{.}}` is the empty list. */
export type Template = readonly (string | readonly string[])[];

const onlyPaths = "Only plain fields are understood, such as '{{.Name}} {{.PublicNet.IPv4.IP}}'; use --query for more";
// Made when a template is given, as in width.ts.
const path = () => /^(?:\.|(?:\.[\p{L}_][\p{L}\p{N}_-]*)+)$/u;

/** The template that hcloud's `-o format=` takes, cut down to plain field paths; anything more is a `usage` Failure. */
export function parseTemplate(text: string): Template {
  const parts: (string | readonly string[])[] = [];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{{');
    const close = rest.indexOf('}}', open + 2);
    if (open < 0) return [...parts, rest];
    if (close < 0) throw new Failure('usage', `template has {{ without }}: ${text}`, { hint: onlyPaths });
    if (open > 0) parts.push(rest.slice(0, open));
    parts.push(parsePath(rest.slice(open + 2, close).trim()));
    rest = rest.slice(close + 2);
  }
  return parts;
}

function parsePath(inside: string): readonly string[] {
  if (!path().test(inside)) {
    throw new Failure('usage', `template not understood: {{${inside}}}`, { hint: onlyPaths });
  }
  return inside.split('.').filter(name => name !== '');
}

/** The template's text for one item: strings as they are, what is null as nothing, all else as JSON; `usage` for a field that is not there. */
export function fillTemplate(template: Template, item: unknown): string {
  return template.map(part => (typeof part === 'string' ? part : showValue(follow(item, part)))).join('');
}

function showValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  return escapeKeepingLines(typeof value === 'string' ? value : JSON.stringify(value));
}

function follow(item: unknown, names: readonly string[]): unknown {
  let value = item;
  for (const [index, name] of names.entries()) {
    if (value === null || value === undefined) return value;
    // Where Go has a struct with an ID, the API's JSON often has only the number.
    if (typeof value === 'number' && name === 'ID' && index === names.length - 1) return value;
    value = pick(value, name, names.slice(0, index + 1));
  }
  return value;
}

function pick(value: unknown, name: string, way: readonly string[]): unknown {
  const fields = typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  if (Object.hasOwn(fields, name)) return fields[name];
  const key = Object.keys(fields).find(candidate => fold(candidate) === fold(name));
  if (key !== undefined) return fields[key];
  const there = Object.keys(fields);
  throw new Failure('usage', `template has no such field: .${way.join('.')}`, {
    hint: there.length > 0 ? `Fields there: ${there.join(', ')}` : onlyPaths,
  });
}

// Go's PublicNet and SSHKeys are public_net and ssh_keys in JSON.
function fold(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
