import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Description, Operation } from '../../../src/daemon/api/describe/openapi.ts';
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

const place = (path: string, method: string, rest: string) => {
  return `/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method}${rest}`;
};
const answerOf = (status: number) => `/responses/${status}/content/application~1json/schema`;

describe('the description of the API', () => {
  it('has every route once, with what it takes, and can be read without a token', async () => {
    const { operations } = await described();
    const places = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    for (const { method, path } of routesOf(served))
      expect(places).toContain(`${method} /${path.replace(':id', '{id}')}`);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const named = operation.parameters.filter(one => one.in === 'path').map(one => `{${one.name}}`);
      expect(named).toEqual(path.match(/\{\w+\}/g) ?? []);
      const isSignIn =
        ['/sign-in', '/invitations/accept', '/sessions/current'].includes(path) ||
        operation.operationId === 'session_create';
      expect(operation['x-permission']).toMatch(isSignIn ? /^none$/ : /^[a-z-]+:(read|write)$/);
    }
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
      if (body === undefined || path === '/invitations/accept') continue;
      schedule.rows.splice(0, 9, { id: 1, name: 'other' });
      backup.rows.splice(0, 9, { id: 1, name: 'image' });
      for (const { rows } of Object.values(others)) rows.splice(0, 9, { id: 1, name: 'other' });
      await store.db.deleteFrom('checks').execute();
      await ask('POST', '/cloudctl/v1/checks', { name: 'other', type: 'push', every: 60_000 });
      await store.db.updateTable('checks').set({ id: 1 }).execute();
      const { status, body: answered } = await ask(
        method.toUpperCase(),
        `/cloudctl/v1${path.replace('{id}', path.startsWith('/roles') ? '101' : '1')}`,
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
      fits(place(path, 'get', answerOf(200)), body);
    }
    fits(place('/jobs/{id}', 'get', answerOf(200)), (await ask('GET', '/cloudctl/v1/jobs/1')).body);
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
    expect(body).not.toMatch(/<script|<link|<img|src=|https?:\/\//);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers.get('content-type')).toMatch('text/html');
  });
});
