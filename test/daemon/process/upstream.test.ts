import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { exposedSecrets, findUpstream, type Upstream } from '../../../src/daemon/config/token.ts';
import { openUpstream } from '../../../src/daemon/service/upstream-watch.ts';
import { type Exchange, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';

let sandbox: Sandbox;
const seen: Exchange[] = [];
beforeAll(async () => {
  sandbox = await startSandbox({ observe: exchange => void seen.push(exchange) });
});
afterAll(() => sandbox.stop());

const log = { debug() {}, info() {}, warn() {}, error() {} };

function watch(find: () => Upstream) {
  const stop = new AbortController();
  const clock = fakeClock();
  return {
    upstream: openUpstream({ find, http: createTransport({ env: {} }), clock, log, signal: stop.signal }),
    stop,
    clock,
  };
}

const at =
  (token: string | undefined, endpoint = sandbox.url) =>
  () => ({ endpoint, token, from: 'here' });

describe('what the token is good for', () => {
  it('is found out without changing anything', async () => {
    seen.length = 0;
    expect(await watch(at(sandbox.token)).upstream.check()).toEqual({ state: 'ok' });
    const changed = seen.filter(({ method, status }) => method !== 'GET' && status < 300);
    expect(seen.length).toBeGreaterThan(0);
    expect(changed).toEqual([]);
  });

  it.each([
    ['read-only', () => sandbox.readOnlyToken],
    ['invalid', () => 'x'.repeat(64)],
    ['missing', () => undefined],
  ])('is %s', async (state, token) => {
    const { upstream } = watch(at(token()));
    expect(await upstream.check()).toMatchObject({ state, reason: expect.any(String) });
    expect(upstream.report().state).toBe(state);
  });

  it('is unreachable without a network, and found again', async () => {
    let endpoint = 'http://127.0.0.1:1/v1';
    const { upstream } = watch(() => ({ endpoint: 'http://127.0.0.1:1/v1', token: sandbox.token, from: 'here' }));
    expect((await upstream.check()).state).toBe('unreachable');
    endpoint = sandbox.url;
    expect((await watch(at(sandbox.token, endpoint)).upstream.check()).state).toBe('ok');
  });

  it('is looked at again and again: a token that comes later is found', async () => {
    let token: string | undefined;
    const { upstream, stop } = watch(() => ({ endpoint: sandbox.url, token, from: 'here' }));
    const watching = upstream.watch();
    await expect.poll(() => upstream.report().state).toBe('missing');
    token = sandbox.token;
    await expect.poll(() => upstream.report().state).toBe('ok');
    stop.abort();
    await watching;
  });

  it('never goes to another endpoint than the one it was found with', async () => {
    let endpoint = sandbox.url;
    const { upstream } = watch(() => ({ endpoint, token: sandbox.token, from: 'here' }));
    endpoint = 'https://elsewhere.example/v1';
    await expect(upstream.api.send('GET', 'servers')).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('where the token comes from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-token-'));
  const token = 'a'.repeat(64);
  const file = join(folder, 'mine');
  const find = (values: object, env: Record<string, string> = {}) => findUpstream({ values: values as never }, env);

  it('is the file that the configuration names, then the credential, then the environment', () => {
    writeFileSync(file, `${token}\n`);
    writeFileSync(join(folder, 'hcloud-token'), 'b'.repeat(64));
    const env = { CREDENTIALS_DIRECTORY: folder, HCLOUD_TOKEN: 'c'.repeat(64), CLOUDCTL_TOKEN: 'd'.repeat(64) };
    expect(find({ 'hetzner-token-file': file }, env)).toMatchObject({ token, from: file });
    expect(find({}, env)).toMatchObject({ token: 'b'.repeat(64), from: join(folder, 'hcloud-token') });
    writeFileSync(join(folder, 'hcloud-token'), 'none\n');
    expect(find({}, env)).toMatchObject({ token: 'c'.repeat(64), from: 'HCLOUD_TOKEN' });
    expect(find({}, {})).toMatchObject({ token: undefined });
  });

  it('goes with the endpoint of its own layer', () => {
    const env = { HCLOUD_ENDPOINT: 'https://h.example/v1', CLOUDCTL_ENDPOINT: 'https://c.example/v1' };
    expect(find({}, { ...env, HCLOUD_TOKEN: 't' }).endpoint).toBe('https://h.example/v1');
    expect(find({}, { ...env, CLOUDCTL_TOKEN: 't' }).endpoint).toBe('https://c.example/v1');
    expect(find({ 'hetzner-token-file': file }, env).endpoint).toBe('https://api.hetzner.cloud/v1');
    expect(find({ 'hetzner-endpoint': 'https://x.example' }, { ...env, HCLOUD_TOKEN: 't' }).endpoint).toBe(
      'https://x.example',
    );
  });

  it('is told to be exposed when every user may read its file', () => {
    writeFileSync(file, token);
    chmodSync(file, 0o644);
    expect(exposedSecrets({ values: { 'hetzner-token-file': file } as never })).toEqual([
      `hetzner-token-file: every user of this host may read ${file}`,
    ]);
    chmodSync(file, 0o640);
    expect(exposedSecrets({ values: { 'hetzner-token-file': file, 'tls-key': '/nope' } as never })).toEqual([]);
  });

  it('is told to be unusable without being shown', () => {
    writeFileSync(file, 'short-secret');
    const { fault, token: none } = find({ 'hetzner-token-file': file });
    expect(none).toBeUndefined();
    expect(fault?.message).toContain(file);
    expect(fault?.message).not.toContain('short-secret');
    rmSync(file);
    expect(find({ 'hetzner-token-file': file })).toMatchObject({ token: undefined, from: file });
  });
});
