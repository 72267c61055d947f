import { type ListRules, listRulesOf } from '../../../core/access/list-rules.ts';
import type { Operation as HetznerOperation } from '../../../core/access/operation.ts';
import { identities } from '../../../core/resources/identities.ts';
import { grantsByRole, idempotencyKey, json, type Operation, type Parameter, problem } from './operation.ts';
import type { Schema } from './schema.ts';

/** Where Hetzner tells what its bodies have. */
export const reference = { description: 'What bodies and answers have', url: 'https://docs.hetzner.cloud' };

/** One of Hetzner's operations as the gateway serves it, from its own table alone: bodies are Hetzner's to describe. */
export function describeHetzner(operation: HetznerOperation): Operation {
  const { method, path, permission } = operation;
  const isSent = method === 'POST' || method === 'PUT';
  const body = { type: 'object', description: 'As Hetzner documents it' };
  return {
    operationId: `v1_${method.toLowerCase()}_${path.replaceAll(/\W+/g, '_').replace(/_$/, '')}`,
    summary: summaryOf(operation),
    tags: [typeOf(path)],
    'x-permission': permission,
    'x-roles': grantsByRole(permission),
    externalDocs: reference,
    parameters: [
      ...namesIn(path).map(inPath),
      ...queryOf(listRulesOf(operation)),
      ...(method === 'POST' ? [idempotencyKey] : []),
    ],
    ...(isSent && { requestBody: { required: false, content: json(body) } }),
    responses: {
      '2XX': {
        description: "Hetzner's answer, with nothing in it that the caller may not see",
        content: json({ type: 'object' }),
      },
      default: problem,
    },
  };
}

/** The collections of these operations, each a tag. */
export function tagsOf(operations: readonly HetznerOperation[]) {
  const types = [...new Set(operations.map(({ path }) => typeOf(path)))];
  return types.map(type => ({ name: type, description: many(type), externalDocs: reference }));
}

function typeOf(path: string): string {
  return path.split('/')[0]!;
}

function namesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

function inPath(name: string): Parameter {
  const isNumber = name === 'id' || name.endsWith('_id');
  const description = name === 'id_or_name' ? 'Its id or its name' : `Its ${name.replace('rr_', '')}`;
  const schema = isNumber ? { type: 'integer', minimum: 0 } : { type: 'string' };
  return { name, in: 'path', required: true, description, schema };
}

/** What a list can be asked for; nothing for what is no list of whole resources. */
function queryOf(rules: ListRules | undefined): Parameter[] {
  if (!rules) return [];
  const { sorts, filters, labelled } = rules;
  const query = (name: string, description: string, schema: Schema, required?: true): Parameter => ({
    ...{ name, in: 'query', description, schema },
    ...(required && { required }),
  });
  const several = (values: readonly string[] | undefined) => ({
    type: 'array',
    items: { type: 'string', ...(values && { enum: values }) },
  });
  const orders = sorts.flatMap(key => [key, `${key}:asc`, `${key}:desc`]);
  return [
    ...Object.entries(filters).map(([name, { oneOf, required }]) =>
      query(name, `Only those of this ${name.replaceAll('_', ' ')}`, several(oneOf), required),
    ),
    ...(labelled ? [query('label_selector', 'Only those whose labels match', { type: 'string' })] : []),
    ...(orders.length > 0 ? [query('sort', 'Order of the rows', several(orders))] : []),
    query('page', 'Which page, from 1', { type: 'integer', minimum: 1, default: 1 }),
    query('per_page', 'Rows of a page', { type: 'integer', minimum: 1, maximum: 50, default: 25 }),
  ];
}

/** What it does, from the words of its path: `List actions of a server`. */
function summaryOf({ method, path }: HetznerOperation): string {
  const parts = path.split('/');
  const isItem = parts.at(-1)!.startsWith('{');
  const isWithin = parts[1]?.startsWith('{') === true;
  const [last, before] = parts.filter(part => !part.startsWith('{')).reverse() as [string, string?];
  const of = (part: string | undefined) => {
    if (part === undefined) return '';
    return isWithin ? ` of ${withArticle(one(part))}` : ` of ${many(part)}`;
  };
  if (method === 'POST' && before === 'actions') {
    return `Action ${last}${of(parts.filter(part => !part.startsWith('{')).at(-3))}`;
  }
  if (method === 'GET' && !isItem) return `${singular.has(last) ? 'Read the' : 'List'} ${many(last)}${of(before)}`;
  const verb = { GET: 'Describe', POST: 'Create', PUT: 'Update', DELETE: 'Delete' }[method];
  return `${verb} ${withArticle(one(last))}${of(before)}`;
}

/** Of these there is one, whatever their name looks like. */
const singular: ReadonlySet<string> = new Set(['pricing', 'metrics', 'zonefile']);

const titles: ReadonlyMap<string, string> = new Map([
  ...Object.values(identities).flatMap(({ path, title, aliases }) =>
    aliases.includes(path.replaceAll('_', '-')) ? [[path, title] as const] : [],
  ),
  ['rrsets', 'record set'],
  ['storage_boxes', 'storage box'],
  ['zonefile', 'zone file'],
]);

/** What one of a collection is called. */
function one(part: string): string {
  return titles.get(part) ?? part.replaceAll('_', ' ').replace(/s$/, '');
}

function many(part: string): string {
  const title = titles.get(part);
  if (title === undefined || singular.has(part)) return title ?? part.replaceAll('_', ' ');
  return `${title}${title.endsWith('x') ? 'es' : 's'}`;
}

function withArticle(word: string): string {
  return `${/^(?:[aeio]|SSH)/i.test(word) ? 'an' : 'a'} ${word}`;
}
