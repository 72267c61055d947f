import { request } from 'node:http';
import { expect, test } from 'vitest';
import { makeServer, open, publicKey } from './open.ts';

const key = { name: 'me', public_key: publicKey() };

test('status: the error is answered and the deed is not done', async () => {
  const { sandbox, call, get } = await open();
  sandbox.fault({ kind: 'status', status: 502, method: 'post', path: '/ssh_keys' });
  const answer = await call('POST', '/ssh_keys', key);
  expect([answer.status, answer.body.error.code]).toEqual([502, 'bad_gateway']);
  expect((await get('/ssh_keys')).ssh_keys).toEqual([]);
  sandbox.fault({
    kind: 'status',
    status: 403,
    code: 'maintenance',
    message: 'later',
    headers: { 'Retry-After': '5' },
  });
  const other = await call('GET', '/ssh_keys');
  expect(other.body.error).toEqual({ code: 'maintenance', message: 'later', details: null });
  expect(other.headers.get('retry-after')).toBe('5');
});

test('reset: the connection is dropped and the deed is not done', async () => {
  const { sandbox, call, get } = await open();
  sandbox.fault({ kind: 'reset' });
  await expect(call('POST', '/ssh_keys', key)).rejects.toThrow('fetch failed');
  expect((await get('/ssh_keys')).ssh_keys).toEqual([]);
});

test('lost: the deed is done, and the connection is dropped', async () => {
  const { sandbox, call, get } = await open();
  sandbox.fault({ kind: 'lost', path: '/ssh_keys' });
  await expect(call('POST', '/ssh_keys', key)).rejects.toThrow('fetch failed');
  expect((await get('/ssh_keys')).ssh_keys).toHaveLength(1);
});

test('late: the connection is dropped, and the deed is done after the delay', async () => {
  const { sandbox, call, get, clock } = await open();
  sandbox.fault({ kind: 'late', delay: 5000, path: '/ssh_keys' });
  await expect(call('POST', '/ssh_keys', key)).rejects.toThrow('fetch failed');
  expect((await get('/ssh_keys')).ssh_keys).toEqual([]);
  clock.advance(5000);
  expect((await get('/ssh_keys')).ssh_keys).toHaveLength(1);
});

test('hang: nothing is answered until the client or the sandbox gives up', async () => {
  const { sandbox } = await open();
  sandbox.fault({ kind: 'hang' });
  const signal = AbortSignal.timeout(60);
  await expect(fetch(`${sandbox.url}/servers`, { signal })).rejects.toThrow(/timeout/);
  sandbox.fault({ kind: 'hang' });
  const pending = fetch(`${sandbox.url}/servers`).catch(() => 'dropped');
  while (sandbox.requests.length < 2) await new Promise(setImmediate);
  await sandbox.stop();
  expect(await pending).toBe('dropped');
});

test('garbage: HTML with status 200', async () => {
  const { sandbox } = await open();
  sandbox.fault({ kind: 'garbage' });
  const response = await fetch(`${sandbox.url}/servers`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
  expect(await response.text()).toMatch(/^<html>/);
});

test('cutoff: the headers promise more than comes', async () => {
  const { sandbox } = await open();
  sandbox.fault({ kind: 'cutoff' });
  const options = { headers: { Authorization: `Bearer ${sandbox.token}` } };
  const [promised, received, outcome] = await new Promise<[number, number, string]>(resolve => {
    request(`${sandbox.url}/locations`, options, response => {
      let size = 0;
      const promised = Number(response.headers['content-length']);
      response.on('data', chunk => {
        size += chunk.length;
      });
      response.on('error', error => resolve([promised, size, (error as NodeJS.ErrnoException).code ?? '']));
      response.on('end', () => resolve([promised, size, 'complete']));
    }).end();
  });
  expect(received).toBe(Math.floor(promised / 2));
  expect(outcome).toBe('ECONNRESET');
});

test('delay: the deed is done at once and told later', async () => {
  const waits: [() => void, number][] = [];
  let now = 0;
  const clock = { now: () => now, setTimeout: (run: () => void, ms: number) => waits.push([run, ms]) };
  const { sandbox, call, get } = await open({ clock });
  sandbox.fault({ kind: 'delay', delay: 700, method: 'POST' });
  const reply = call('POST', '/ssh_keys', key);
  while (waits.length === 0) await new Promise(setImmediate);
  now += 700;
  expect((await get('/ssh_keys')).ssh_keys).toHaveLength(1);
  expect(waits[0]![1]).toBe(700);
  waits[0]![0]();
  expect((await reply).status).toBe(201);
});

test('latency holds back every reply', async () => {
  const waits: number[] = [];
  const clock = {
    now: () => 0,
    setTimeout(run: () => void, ms: number) {
      waits.push(ms);
      run();
    },
  };
  const { get } = await open({ clock, latency: 20 });
  await get('/servers');
  await get('/volumes');
  expect(waits).toEqual([20, 20]);
});

test('fail: the request is accepted and its action ends in an error, without effect', async () => {
  const opened = await open();
  const { sandbox, post, get, finish } = opened;
  const server = await makeServer(opened);
  sandbox.fault({ kind: 'fail', code: 'unknown_error', message: 'server is locked' });
  const { action } = await post(`/servers/${server.id}/actions/poweroff`);
  finish();
  expect((await get(`/actions/${action.id}`)).action).toMatchObject({
    status: 'error',
    error: { code: 'unknown_error', message: 'server is locked' },
  });
  expect((await get(`/servers/${server.id}`)).server).toMatchObject({ status: 'running', locked: false });
});

test('a rule waits for its turn, hits as often as it says, and only what it is for', async () => {
  const { sandbox, refusal, call } = await open();
  sandbox.fault({ kind: 'status', status: 409, path: '/volumes*', method: 'GET', skip: 1, times: 2 });
  const seen: number[] = [];
  for (let round = 0; round < 4; round += 1) seen.push((await call('GET', '/volumes')).status);
  expect(seen).toEqual([200, 409, 409, 200]);
  sandbox.fault({ kind: 'status', status: 423, path: 'servers/' });
  expect((await call('GET', '/servers')).status).toBe(200);
  expect(await refusal('GET', '/servers/1')).toBe('locked 423');
});
