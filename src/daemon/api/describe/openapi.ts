import type { Operation as HetznerOperation } from '../../../core/access/operation.ts';
import { type Fields, keyOf } from '../../../core/field.ts';
import { version } from '../../../core/version.ts';
import { problemCodes } from '../problem.ts';
import { isReading, type Route, type Served } from '../routes.ts';
import { actions, events } from './by-hand.ts';
import { describeHetzner, reference, tagsOf } from './hetzner.ts';
import { grantsByRole, idempotencyKey, json, type Operation, type Parameter, problem, ref } from './operation.ts';
import { inputSchema, itemSchema, type Schema, sampleOf, valueSchema } from './schema.ts';
import { signInOperations } from './sign-in.ts';

/** The API as OpenAPI 3.1 describes it. */
export interface Description {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** Whose resources the tags are. */
  readonly 'x-tagGroups': readonly { readonly name: string; readonly tags: readonly string[] }[];
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

const about = `What a daemon of cloudctl keeps by itself, below /cloudctl/v1, and Hetzner's own API that it stands before, below /v1 or /projects/NAME/v1, in one dialect. Durations are whole milliseconds, times are of RFC 3339. What bodies and answers below /v1 have is Hetzner's to tell: ${reference.url}
Over the daemon's socket no token is needed; elsewhere a bearer token of an administrator, a user or a session, whose role has to have what stands at x-permission; x-roles has the roles that are always there and have it. A POST with an Idempotency-Key is done once, however often it is sent within a day.`;

const own = '/cloudctl/v1';

/** The description of all that is served, from the declarations and the table of Hetzner's operations alone. */
export function describeApi(
  routes: readonly Route[],
  resources: readonly Served[],
  hetzner: readonly HetznerOperation[],
): Description {
  const paths: Record<string, Record<string, Operation>> = {};
  const add = (path: string, method: string, operation: Operation) => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const route of routes) {
    add(`${own}/${route.path.replace(':id', '{id}')}`, route.method.toLowerCase(), describe(route));
  }
  add(`${own}/events`, 'get', events);
  add(`${own}/actions`, 'get', actions);
  for (const [path, method, operation] of signInOperations) add(own + path, method, operation);
  for (const operation of hetzner) {
    add(`/v1/${operation.path}`, operation.method.toLowerCase(), describeHetzner(operation));
  }
  const ofHetzner = tagsOf(hetzner);
  return {
    openapi: '3.1.0',
    info: { title: 'cloudctl daemon', version, description: about },
    servers: [{ url: '/' }],
    tags: [...resources.map(({ name, title }) => ({ name, description: title })), ...ofHetzner],
    'x-tagGroups': [
      { name: "The daemon's own", tags: resources.map(({ name }) => name) },
      { name: "Hetzner's", tags: ofHetzner.map(({ name }) => name) },
    ],
    security: [{ bearer: [] }, {}],
    paths,
    components: {
      securitySchemes: { bearer },
      schemas: {
        ...Object.fromEntries(resources.map(({ key, item = {} }) => [key, itemSchema(item)])),
        meta,
        error: errorSchema,
      },
    },
  };
}

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description:
    'A token or session of the daemon, an access token of WorkOS where those are taken, or the token of its administrator',
};

function describe(route: Route): Operation {
  const { resource, name, verb, permission } = route;
  const input = isReading(verb.kind) ? {} : (verb.fields as Fields);
  const hasBody = Object.keys(input).length > 0;
  const isRequired = Object.values(input).some(({ required }) => required);
  return {
    operationId: `${resource.name}_${name}`.replaceAll('-', '_'),
    summary: verb.summary,
    tags: [resource.name],
    'x-permission': permission,
    'x-roles': grantsByRole(permission),
    parameters: parametersOf(route),
    ...(hasBody && {
      requestBody: { required: isRequired, content: json(inputSchema(input), verb.sample ?? sampleOf(input)) },
    }),
    responses: { ...goodAnswer(route), default: problem },
  };
}

function parametersOf({ path, method, resource, verb }: Route): Parameter[] {
  const id: Parameter = {
    name: 'id',
    in: 'path',
    required: true,
    description: `Id of the ${resource.title}`,
    schema: { type: 'integer', minimum: 0 },
  };
  const query = isReading(verb.kind) ? queryOf(resource, verb.kind === 'list', verb.fields as Fields) : [];
  return [...(path.includes(':id') ? [id] : []), ...query, ...(method === 'POST' ? [idempotencyKey] : [])];
}

function queryOf({ sortable }: Served, isList: boolean, { sort: _, selector, ...filters }: Fields): Parameter[] {
  const query = (name: string, description: string, schema: Schema): Parameter => ({
    name,
    in: 'query',
    description,
    schema,
  });
  const own = Object.entries(filters).map(([name, declared]) =>
    query(keyOf(name, declared), declared.summary, valueSchema(declared)),
  );
  const chosen = selector ? [query('label_selector', selector.summary, { type: 'string' })] : [];
  if (!isList) return [...own, ...chosen];
  const orders = sortable.flatMap(key => [key, `${key}:asc`, `${key}:desc`]);
  return [
    ...own,
    query('name', 'Only the one of this name', { type: 'string' }),
    ...chosen,
    query('sort', 'Order of the rows', { type: 'array', items: { type: 'string', enum: orders } }),
    query('page', 'Which page, from 1', { type: 'integer', minimum: 1, default: 1 }),
    query('per_page', 'Rows of a page', { type: 'integer', minimum: 1, maximum: 50, default: 25 }),
  ];
}

function goodAnswer({ resource, verb, path }: Route): Operation['responses'] {
  const { key, item = {} } = resource;
  if (verb.kind === 'delete') return { 204: { description: 'It is done' } };
  if (verb.kind === 'list') {
    const properties = { [resource.path]: { type: 'array', items: ref(key) }, meta: ref('meta') };
    const schema = { type: 'object', properties, required: [resource.path, 'meta'] };
    return {
      200: {
        description: 'A page of them',
        content: json(schema, { [resource.path]: [sampleOf(item)], meta: metaSample }),
      },
    };
  }
  // What is neither the item nor a change of it has a shape of its own.
  const isItem = !isReading(verb.kind) || path.endsWith(':id') || path === key;
  if (!isItem) return { 200: { description: verb.summary, content: json({ type: 'object' }) } };
  const schema = { type: 'object', properties: { [key]: ref(key) }, required: [key] };
  const content = json(schema, { [key]: sampleOf(item) });
  return { [verb.kind === 'create' ? 201 : 200]: { description: `The ${resource.title}`, content } };
}

const metaSample = {
  pagination: { page: 1, per_page: 25, previous_page: null, next_page: null, last_page: 1, total_entries: 1 },
};

const page: Schema = { type: ['integer', 'null'] };
const meta: Schema = {
  type: 'object',
  required: ['pagination'],
  properties: {
    pagination: {
      type: 'object',
      required: ['page', 'per_page', 'previous_page', 'next_page', 'last_page', 'total_entries'],
      properties: {
        page: { type: 'integer' },
        per_page: { type: 'integer' },
        previous_page: page,
        next_page: page,
        last_page: page,
        total_entries: page,
      },
    },
  },
};

const errorSchema: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string', description: 'What went wrong; more may come', examples: problemCodes },
        message: { type: 'string', description: 'The same in words' },
        details: { description: 'Particulars, such as the fields that are wrong', type: ['object', 'array', 'null'] },
        ambiguous: { type: 'boolean', description: 'Whether it may have been done all the same' },
        hint: { type: 'string', description: 'What to do about it' },
      },
    },
  },
};
