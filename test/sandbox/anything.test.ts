import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { routes } from '../../src/sandbox/routes.ts';
import { makeServer, open } from './open.ts';

afterEach(() => vi.restoreAllMocks());

/** Values near what fields hold, so that some get past the first checks. */
const field = fc.oneof(
  fc.constantFrom('web-1', 'cx23', 'cx33', 'debian-13', 'fsn1', '10.0.0.0/16', 'ipv4', 'spread', 'snapshot', 'cloud'),
  fc.constantFrom('eu-central', 'server', 'linux64', '', null, true, false, 0, 1, 10, -1, 1.5, 1e300),
  fc.integer({ min: 100_000_000, max: 100_000_020 }),
  fc.string(),
  fc.array(fc.oneof(fc.string(), fc.integer(), fc.object({ maxDepth: 1 })), { maxLength: 3 }),
  fc.object({ maxDepth: 2 }),
);

const names = ['name', 'server_type', 'image', 'location', 'labels', 'size', 'server', 'network', 'ip', 'ip_range'];
const more = ['type', 'rules', 'apply_to', 'remove_from', 'public_net', 'volumes', 'networks', 'firewalls', 'subnets'];
const last = ['delete', 'rebuild', 'upgrade_disk', 'alias_ips', 'dns_ptr', 'iso', 'ssh_keys', 'assignee_id', 'routes'];
const body = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(fc.constantFrom(...names, ...more, ...last), field).map(b => JSON.stringify(b)),
  },
  fc.string(),
  fc.json(),
  fc.constantFrom('', '{"__proto__":{"name":"x"}}', '{"labels":{"__proto__":"x"}}', '\u0000', '{"name":'),
);

const id = fc.constantFrom('0', '1', '100000001', '100000004', '67794436', '9007199254740993', '00', 'x', '%00');
const path = fc
  .tuple(fc.constantFrom(...routes), fc.array(id, { minLength: 2, maxLength: 2 }))
  .map(([route, ids]) => route.path.replace(/\{\w+\}/g, () => ids.pop()!));
const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '?page=2',
    '?per_page=x',
    '?sort=',
    '?label_selector=((',
    '?status=%ff',
    '?id=',
    '?id=1&id=x',
    '?&&=&',
  ),
);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH');

test('whatever is sent to whatever path, the reply is well formed and the sandbox goes on', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const opened = await open({ rateLimit: 1_000_000_000 }, { checkRequests: false });
  await makeServer(opened);
  await fc.assert(
    fc.asyncProperty(method, path, query, body, async (method, path, query, body) => {
      const hasBody = method !== 'GET' && body !== '';
      const answer = await opened.call(method, path + query, hasBody ? body : undefined);
      expect(answer.status).not.toBe(500);
      if (answer.status >= 400) {
        expect(answer.body.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
      }
      opened.clock.advance(997);
    }),
    { numRuns: 1000 },
  );
  expect(stderr.mock.calls.filter(([text]) => String(text).startsWith('cloudctl sandbox'))).toEqual([]);
}, 60_000);

test('what is not HTTP does not stop it', async () => {
  const { sandbox, get } = await open();
  const { port } = new URL(sandbox.url);
  for (const bytes of ['\x00\xff\xfe', 'GET', 'GET //x HTTP/1.1\r\nHost: a\r\n\r\n', 'BREW /v1/pot HTTP/1.1\r\n\r\n']) {
    await new Promise<void>(resolve => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.end(bytes, 'latin1'));
      socket.on('data', () => {});
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
  }
  expect((await get('/locations')).locations).toHaveLength(6);
});

test('a body that is far too large is refused, not kept', async () => {
  const { call } = await open();
  const answer = await call('POST', '/ssh_keys', JSON.stringify({ name: 'x'.repeat(2_000_000) }));
  expect([answer.status, answer.body.error.code]).toEqual([413, 'invalid_input']);
});
