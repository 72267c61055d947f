import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { operations as hetzner } from '../../../src/core/access/operations.ts';
import { grantsOf } from '../../../src/core/access/roles.ts';
import type { Description } from '../../../src/daemon/api/describe/openapi.ts';
import type { Operation } from '../../../src/daemon/api/describe/operation.ts';
import { routesOf, served } from '../../../src/daemon/api/routes.ts';
import { openApi } from './served.ts';

async function described() {
  const api = await openApi();
  const { body } = await api.ask('GET', '/openapi.json', undefined, {}, 'tcp');
  const description = body as Description;
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ ...description, $id: 'api' });
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  /** Throws unless the value fits the schema at that place of the description. */
  const fits = (place: string, value: unknown) => {
    const test = ajv.compile({ $ref: `api#${place}` });
    expect(test(value) ? [] : test.errors, `${place}: ${JSON.stringify(value)}`).toEqual([]);
  };
  return { ...api, description, operations, fits };
}

const base = '/cloudctl/v1';
const place = (path: string, method: string, rest: string) => {
  return `/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method}${rest}`;
};
const answerOf = (status: number) => `/responses/${status}/content/application~1json/schema`;

describe('the description of the API', () => {
  it('has every route once, with what it takes, and can be read without a token', async () => {
    const { operations } = await described();
    const places = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    for (const { method, path } of routesOf(served))
      expect(places).toContain(`${method} ${base}/${path.replace(':id', '{id}')}`);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const named = operation.parameters.filter(one => one.in === 'path').map(one => `{${one.name}}`);
      expect(named).toEqual(path.match(/\{\w+\}/g) ?? []);
      if (!path.startsWith(base)) continue;
      const isSignIn =
        ['/sign-in', '/invitations/accept', '/sessions/current'].includes(path.slice(base.length)) ||
        operation.operationId === 'session_create';
      expect(operation['x-permission']).toMatch(isSignIn ? /^none$/ : /^[a-z-]+:(read|write)$/);
    }
  });

  it('has each of Hetzner’s operations once, with its permission and who has it, and no body of Hetzner’s', async () => {
    const { operations } = await described();
    const found = operations.filter(({ path }) => path.startsWith('/v1/'));
    const key = (method: string, path: string) => `${method.toUpperCase()} ${path}`;
    expect(found.map(({ method, path }) => key(method, path)).sort()).toEqual(
      hetzner.map(({ method, path }) => key(method, `/v1/${path}`)).sort(),
    );
    expect(found).toHaveLength(221);
    const byKey = new Map(found.map(({ method, path, operation }) => [key(method, path), operation]));
    for (const { method, path, permission } of hetzner) {
      const operation = byKey.get(key(method, `/v1/${path}`))!;
      expect(operation['x-permission']).toBe(permission);
      for (const role of ['admin', 'operator', 'client', 'viewer', 'auditor']) {
        expect(operation['x-roles']?.[role]).toBe(grantsOf(role)[permission]);
      }
      expect(operation.requestBody !== undefined).toBe(method === 'POST' || method === 'PUT');
      for (const { content } of [operation.requestBody, ...Object.values(operation.responses)].filter(Boolean) as {
        content: NonNullable<Operation['requestBody']>['content'];
      }[]) {
        expect(content['application/json']?.schema.properties).toBeUndefined();
      }
    }
    const summaries = Object.fromEntries(
      found.map(({ method, path, operation }) => [key(method, path), operation.summary]),
    );
    expect(summaries).toMatchObject({
      'GET /v1/servers': 'List servers',
      'POST /v1/ssh_keys': 'Create an SSH key',
      'GET /v1/servers/{id}': 'Describe a server',
      'GET /v1/servers/{id}/metrics': 'Read the metrics of a server',
      'POST /v1/servers/{id}/actions/reboot': 'Action reboot of a server',
      'GET /v1/servers/actions': 'List actions of servers',
      'GET /v1/servers/{id}/actions/{action_id}': 'Describe an action of a server',
      'DELETE /v1/storage_boxes/{id}/snapshots/{snapshot_id}': 'Delete a snapshot of a storage box',
      'POST /v1/zones/{id_or_name}/rrsets/{rr_name}/{rr_type}/actions/add_records':
        'Action add_records of a record set',
      'GET /v1/pricing': 'Read the pricing',
    });
    const parameters = byKey.get('GET /v1/images')!.parameters.map(({ name }) => name);
    expect(parameters).toEqual(expect.arrayContaining(['name', 'type', 'label_selector', 'sort', 'page', 'per_page']));
  });

  it('is a document of OpenAPI 3.1: references lead somewhere, tags are declared, no two paths are the same', async () => {
    const { description, operations } = await described();
    expect(description.openapi).toBe('3.1.0');
    const text = JSON.stringify(description);
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!));
    const { schemas } = description.components as { readonly schemas: object };
    expect([...names].filter(name => !(name in schemas))).toEqual([]);
    const tags = description.tags.map(({ name }) => name);
    expect(new Set(tags).size).toBe(tags.length);
    expect(description['x-tagGroups'].flatMap(group => group.tags)).toEqual(tags);
    for (const { operation } of operations) {
      expect(tags).toEqual(expect.arrayContaining([...operation.tags]));
      expect(operation.operationId).toMatch(/^\w+$/);
      const keys = operation.parameters.map(one => `${one.in} ${one.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
    const paths = Object.keys(description.paths).map(path => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('has examples that its own schemas take, and that the API takes', async () => {
    const { operations, fits, ask, schedule, backup, others, store } = await described();
    const project = { name: 'main', endpoint: 'https://example.com', created: 0, updated: 0 };
    await store.db
      .insertInto('projects')
      .values({ ...project, token: null, token_expires: null })
      .execute();
    for (const { path, method, operation } of operations) {
      const contents: [string, Operation['responses'][string]['content']][] = [
        ['/requestBody', operation.requestBody?.content],
        ...Object.entries(operation.responses).map(([status, { content }]): [string, typeof content] => [
          `/responses/${status}`,
          content,
        ]),
      ];
      for (const [part, content] of contents) {
        const example = content?.['application/json']?.example;
        if (example !== undefined) fits(place(path, method, `${part}/content/application~1json/schema`), example);
      }
      const body = operation.requestBody?.content['application/json']?.example;
      // An invitation is another each time.
      if (body === undefined || path.endsWith('/invitations/accept')) continue;
      schedule.rows.splice(0, 9, { id: 1, name: 'other' });
      backup.rows.splice(0, 9, { id: 1, name: 'image' });
      for (const { rows } of Object.values(others)) rows.splice(0, 9, { id: 1, name: 'other' });
      await store.db.deleteFrom('checks').execute();
      await ask('POST', '/cloudctl/v1/checks', { name: 'other', type: 'push', every: 60_000 });
      await store.db.updateTable('checks').set({ id: 1 }).execute();
      const { status, body: answered } = await ask(
        method.toUpperCase(),
        path.replace('{id}', path.startsWith(`${base}/roles`) ? '101' : '1'),
        body,
      );
      expect(status, `${operation.operationId} ${JSON.stringify(answered)}`).toBeLessThan(300);
    }
  });

  it('is true of what is answered', async () => {
    const { ask, fits, store } = await described();
    await ask('POST', '/cloudctl/v1/schedules', { name: 'a', cron: '* * * * *' });
    const [job] = [
      { unique_key: 'k', name: 'backup', payload: '{}', state: 'dead' as const, run_at: 1, attempts: 0, fence: 0 },
    ];
    const rest = { worker: null, lease_until: null, error_code: 'x', error_message: 'y', created: 1, finished: 2 };
    await store.db
      .insertInto('jobs')
      .values({ ...job!, ...rest })
      .execute();
    for (const path of ['/audit_entries', '/jobs', '/status']) {
      const { status, body } = await ask('GET', `/cloudctl/v1${path}`);
      expect(status).toBe(200);
      fits(place(base + path, 'get', answerOf(200)), body);
    }
    fits(place(`${base}/jobs/{id}`, 'get', answerOf(200)), (await ask('GET', '/cloudctl/v1/jobs/1')).body);
    for (const wrong of [{}, { name: 'b', cron: 1 }]) {
      fits('/components/schemas/error', (await ask('POST', '/cloudctl/v1/schedules', wrong)).body);
    }
    fits('/components/schemas/error', (await ask('GET', '/cloudctl/v1/status', undefined, {}, 'tcp')).body);
  });
});

describe('the page that shows it', () => {
  it('has every operation, loads nothing, and runs nothing', async () => {
    const { ask, operations } = await described();
    const { body, headers } = await ask('GET', '/docs', undefined, {}, 'tcp');
    for (const { operation } of operations) expect(body).toContain(`id="${operation.operationId}"`);
    expect(body).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
    const ids = [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...body.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.filter(id => !ids.includes(id))).toEqual([]);
    expect(links.length).toBeGreaterThan(40);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers.get('content-type')).toMatch('text/html');
  });
});
