import { type Api, collect, type Method, type Query } from '../core/api.ts';
import { Failure } from '../core/failure.ts';
import { field, type Input } from '../core/field.ts';
import { rehearse } from '../core/rehearse.ts';
import { buildBody, buildQuery } from './api/fields.ts';
import { parsePath } from './api/path.ts';
import { apiExits, command, type Group, outputFields, rehearseFields } from './command.ts';
import { writeData } from './output/data.ts';
import { escapeControls } from './output/escape.ts';
import { parseFormat } from './output/format.ts';
import { writeResults } from './output/results.ts';
import { lookOf } from './run-list.ts';
import { readInput, type Session } from './session.ts';

const fields = {
  method: field('text', 'GET, POST, PUT or DELETE', { operand: 'one', required: true }),
  path: field('text', 'Path below the API, such as servers/42', { operand: 'one', required: true }),
  field: field('repeat', 'key=value: numbers, true, false, null and @file are understood; key[a]=, key[]= nest', {
    short: 'f',
    placeholder: 'key=value',
  }),
  'raw-field': field('repeat', 'key=value that is a text whatever it looks like', { placeholder: 'key=value' }),
  body: field('text', 'File with the JSON body, - for standard input', { placeholder: 'file' }),
  paginate: field('boolean', 'All pages of a list, as one array'),
  ...rehearseFields,
  ...outputFields,
};

type Given = Input<typeof fields>;

const api = command({
  name: 'api',
  summary: 'One raw call of the API, with the credential of the context',
  description: `Fields are the body as JSON; of a GET they are the query. The answer is printed as it came.
Calls that change something are not waited for: see cloudctl action wait.`,
  fields,
  examples: [
    'cloudctl api GET servers/42',
    'cloudctl api GET servers --paginate --query "[].name"',
    'cloudctl api GET actions -f id=42',
    'cloudctl api POST ssh_keys -f name=laptop -f public_key=@id_ed25519.pub',
    'cloudctl api PUT servers/42 -f labels[env]=prod',
  ],
  exits: [...apiExits, 'not_found', 'refused', 'conflict'],
  run: callApi,
});

/** `cloudctl api`: one raw call. */
export const group: Group = { name: 'api', command: api, commands: [] };

async function callApi(session: Session, input: Given): Promise<void> {
  const format = parseFormat({ ...input, output: input.output ?? ['json'] });
  const method = parseMethod(input.method);
  const { path, query } = parsePath(input.path);
  const given = await readFields(session, input, method);
  if (input.paginate && method !== 'GET') throw new Failure('usage', '--paginate goes with GET');
  const { world, settings } = session;
  const real = await session.api();
  if (input['dry-run'] && method !== 'GET') {
    const { api, requests } = rehearse(real);
    await api.send(method, path, given, query);
    const result = { target: path, ok: true, requests };
    return writeResults(world.out, format, [result], { several: false, ...lookOf(session) });
  }
  if (method === 'DELETE' && !settings.yes) await confirmDelete(session, path);
  const answer =
    method === 'GET'
      ? await read(real, path, { ...query, ...(given as Query) }, input.paginate)
      : await real.send<unknown>(method, path, given, query);
  if (answer !== undefined) await writeData(world.out, format, answer, lookOf(session));
}

function parseMethod(typed: string): Method {
  const method = typed.toUpperCase();
  if (['GET', 'POST', 'PUT', 'DELETE'].includes(method)) return method as Method;
  throw new Failure('usage', `'${typed}' is not one of GET, POST, PUT, DELETE`, { hint: 'cloudctl api GET servers' });
}

/** The body that is given, of a GET the query. */
async function readFields({ world }: Session, input: Given, method: Method): Promise<unknown> {
  const typed = [
    ...(input.field ?? []).map(text => ({ text, raw: false })),
    ...(input['raw-field'] ?? []).map(text => ({ text, raw: true })),
  ];
  const readFile = (path: string) => readInput(world, path);
  if (input.body === undefined) {
    if (typed.length === 0) return undefined;
    return method === 'GET' ? buildQuery(typed, readFile) : buildBody(typed, readFile);
  }
  if (typed.length > 0) throw new Failure('usage', 'give fields or --body, not both');
  if (method === 'GET') throw new Failure('usage', 'a GET has no body: give -f for its query');
  const text = (await readFile(input.body)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('usage', `${input.body} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

async function confirmDelete({ world, interactive }: Session, path: string): Promise<void> {
  if (!interactive) {
    throw new Failure('usage', `DELETE of ${path} destroys data and nobody can be asked here`, {
      hint: 'Add --yes, or set CLOUDCTL_YES=1',
    });
  }
  const { confirm } = await import('./output/prompt.ts');
  if (await confirm(world, `DELETE ${escapeControls(path)}?`)) return;
  throw new Failure('interrupted', 'nothing was changed');
}

function read(api: Api, path: string, query: Query, paginate = false): Promise<unknown> {
  return paginate ? collect<unknown>(api.list(path, query)) : api.send<unknown>('GET', path, undefined, query);
}
