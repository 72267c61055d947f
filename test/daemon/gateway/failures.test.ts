import { describe, expect, it } from 'vitest';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { HttpResponse } from '../../../src/core/world.ts';
import type { FaultRule } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;
const server = (name: string) => ({ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1' });

/** A gateway, a client of it and a server of that client's; `http` bends the way to Hetzner. */
async function withServer() {
  const transport = createTransport({ env: {} });
  const http: { answer?: HttpResponse; to?: 'GET' | 'changes'; timeout?: number } = {};
  const gateway = await startGateway(
    open,
    { speed: Number.POSITIVE_INFINITY },
    {
      clock: fakeClock(Date.now()),
      async http(request) {
        const isMeant = (http.to === 'GET') === (request.method === 'GET');
        if (http.answer && isMeant) return http.answer;
        return transport({ ...request, timeout: http.timeout ?? request.timeout });
      },
    },
  );
  const ada = await gateway.tokenOf('ada@x.test');
  const boss = await gateway.tokenOf('boss@x.test', 'admin');
  const { id } = (await gateway.ask(ada, 'POST', 'servers', server('web-1'))).body.server;
  return { ...gateway, ada, boss, id, http };
}

const fresh = { 'cache-control': 'no-cache' };

describe('what goes wrong between the gateway and Hetzner', () => {
  // Newer clients ask again by themselves after bad_gateway, whatever they have asked; for a bad token that is no use.
  const [passing, lasting] = [[502, 'bad_gateway'] as const, [503, 'unavailable'] as const];
  it.each<[string, readonly [number, string], object]>([
    ['its token is not good any more', lasting, { kind: 'status', status: 401 }],
    ['its token may only read', lasting, { kind: 'status', status: 403 }],
    ['it is in maintenance', passing, { kind: 'status', status: 503 }],
    ['it fails', passing, { kind: 'status', status: 500 }],
    ['a page comes in place of an answer', passing, { kind: 'garbage' }],
    ['the answer is cut off', passing, { kind: 'cutoff' }],
    ['the connection is reset', passing, { kind: 'reset' }],
  ])('is never a missing resource or a bad token of who reads: %s', async (_, [wanted, code], fault) => {
    const { ask, sandbox, ada, boss, id } = await withServer();
    sandbox.fault({ times: 10_000, ...fault } as FaultRule);
    for (const path of [`servers/${id}`, 'servers', `servers/${id}/actions`, 'volumes', 'pricing', 'actions?id=1']) {
      for (const token of [ada, boss]) {
        const { status, body } = await ask(token, 'GET', path, undefined, fresh);
        expect([path, status, body.error]).toEqual([
          path,
          wanted,
          { code, message: expect.stringContaining('Hetzner'), details: null, ambiguous: false },
        ]);
      }
    }
  });
});

describe('a reading', () => {
  it('of a page in place of Hetzner’s 404 does not say that the resource is gone', async () => {
    const { ask, ada, id, http } = await withServer();
    http.to = 'GET';
    http.answer = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not Found</h1>' };
    expect((await ask(ada, 'GET', `servers/${id}`, undefined, fresh)).status).toBe(502);
  });

  it('is held when Hetzner says that there were too many, and ends with 502 when it says nothing', async () => {
    const { ask, ada, id, sandbox, http } = await withServer();
    sandbox.fault({ kind: 'status', status: 429, times: 2, path: `/servers/${id}` });
    expect((await ask(ada, 'GET', `servers/${id}`, undefined, fresh)).status).toBe(200);
    http.timeout = 50;
    sandbox.fault({ kind: 'hang', times: 100 });
    expect((await ask(ada, 'GET', `servers/${id}`, undefined, fresh)).status).toBe(502);
    expect((await ask(ada, 'GET', 'servers', undefined, fresh)).status).toBe(502);
  });
});

describe('a change', () => {
  it('is not sent, and says so, when what it names cannot be read', async () => {
    const { ask, ada, id, sandbox } = await withServer();
    const sent = () => sandbox.requests.filter(({ method }) => method !== 'GET').length;
    const before = sent();
    sandbox.fault({ kind: 'status', status: 502, method: 'GET', times: 1_000 });
    const { status, body } = await ask(ada, 'POST', `servers/${id}/actions/reboot`, undefined, fresh);
    expect([status, body.error.code, body.error.ambiguous]).toEqual([502, 'bad_gateway', false]);
    expect(sent()).toBe(before);
  });

  it.each<[number, string, object?]>([
    [423, 'locked'],
    [423, 'protected'],
    [409, 'conflict'],
    [409, 'uniqueness_error', { fields: [{ name: 'name' }] }],
    [403, 'resource_limit_exceeded', { limits: [{ name: 'project_limit' }] }],
    [412, 'resource_unavailable'],
    [422, 'invalid_input', { fields: [{ name: 'image', messages: ['no'] }] }],
  ])('that Hetzner refuses with %d %s is refused with the same', async (status, code, details) => {
    const { ask, ada, http } = await withServer();
    const error = { code, message: `it is ${code}`, ...(details && { details }) };
    http.answer = { status, headers: {}, body: JSON.stringify({ error }) };
    const refused = await ask(ada, 'POST', 'servers', server('web-2'));
    expect(refused).toMatchObject({ status, body: { error: { ...error, details: details ?? null } } });
  });

  it.each<[string, object]>([
    ['the token of the gateway is not good any more', { status: 401, code: 'unauthorized' }],
    ['that token may only read', { status: 403, code: 'token_readonly' }],
    ['Hetzner is in maintenance', { status: 403, code: 'maintenance' }],
  ])('is 503 and not done when %s', async (_, fault) => {
    const { ask, ada, sandbox } = await withServer();
    sandbox.fault({ kind: 'status', method: 'POST', path: '/servers', ...fault });
    const { status, body } = await ask(ada, 'POST', 'servers', server('web-2'));
    expect([status, body.error.code, body.error.ambiguous]).toEqual([503, 'unavailable', false]);
    expect((await ask(ada, 'POST', 'servers', server('web-2'))).status).toBe(201);
  });

  it.each<FaultRule>([{ kind: 'lost' }, { kind: 'cutoff' }, { kind: 'late', delay: 0 }])(
    'that makes something is answered with what it made, also when the answer is lost: %j',
    async fault => {
      const { ask, ada, sandbox, id } = await withServer();
      sandbox.fault({ ...fault, method: 'POST' });
      expect(await ask(ada, 'POST', 'servers', server('web-2'))).toMatchObject({
        status: 201,
        body: { server: { name: 'web-2' }, action: { command: 'create_server' } },
      });
      sandbox.fault({ ...fault, method: 'POST' });
      expect(await ask(ada, 'POST', `servers/${id}/actions/create_image`, { type: 'snapshot' })).toMatchObject({
        status: 201,
        body: { image: { type: 'snapshot' }, action: { command: 'create_image' } },
      });
      expect((await ask(ada, 'GET', 'images?type=snapshot')).body.images).toHaveLength(1);
    },
  );

  it.each<FaultRule>([
    { kind: 'status', status: 500 },
    { kind: 'status', status: 502 },
    { kind: 'status', status: 504 },
    { kind: 'garbage' },
    { kind: 'reset' },
    { kind: 'hang' },
  ])('whose outcome nobody knows is 503, says so, and is sent once: %j', async fault => {
    const { ask, ada, sandbox, http, store } = await withServer();
    http.timeout = 50;
    for (const [method, path, body] of [
      ['POST', 'servers', server('web-2')],
      [
        'POST',
        'ssh_keys',
        {
          name: 'k',
          public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo x',
        },
      ],
    ] as const) {
      sandbox.fault({ ...fault, method, path: `/${path}` });
      const sent = sandbox.requests.filter(one => one.method === method).length;
      const answer = await ask(ada, method, path, body);
      expect([answer.status, answer.body.error.code, answer.body.error.details]).toEqual([503, 'unavailable', null]);
      expect(answer.body.error.message).toContain('it may have been done all the same');
      expect(sandbox.requests.filter(one => one.method === method).length - sent).toBeLessThanOrEqual(1);
    }
    const rows = await store.db.selectFrom('audit').select(['result']).orderBy('seq').execute();
    expect(rows.slice(2).map(({ result }) => result)).toEqual(['begun', 'failed', 'begun', 'failed']);
  });

  it('has no control characters in what its caller reads', async () => {
    const { ask, ada, id, http } = await withServer();
    const message = 'bad\u001b[2J\u009b name\u0000';
    http.answer = { status: 422, headers: {}, body: JSON.stringify({ error: { code: 'invalid_input', message } }) };
    const refused = await ask(ada, 'PUT', `servers/${id}`, { name: 'x' });
    expect(refused.body.error.message).toBe('bad[2J name');
  });
});
