import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sampleToken } from '../core/config/home.ts';
import { desk } from './set-up.ts';

const config = `active_context = "prod"

[[contexts]]
name = "prod"

[contexts.preferences]
endpoint = "https://api.hetzner.cloud/v1"

[[contexts]]
name = "team"

[contexts.preferences]
endpoint = "https://cloud.example.com/v1"
`;
const credentials = { prod: { token: sampleToken, origin: 'https://api.hetzner.cloud' } };

describe('context create', () => {
  it('stores the token of standard input apart from the configuration and makes the context active', async () => {
    const at = desk();
    expect(await at.cloudctl('context create prod --token-stdin', { stdin: `${sampleToken}\n` })).toEqual({
      status: 0,
      out: 'prod: created and made active\n',
      err: `Note: there is no keyring here, so the token is kept as text in ${at.credentials}, which only you can read\n`,
    });
    expect(fs.readFileSync(at.config, 'utf8')).toBe(config.slice(0, config.indexOf('\n[[contexts]]\nname = "team"')));
    expect(JSON.parse(fs.readFileSync(at.credentials, 'utf8')).credentials).toEqual(credentials);
    expect((await at.cloudctl('context active')).out).toBe('prod\n');
  });

  it('binds the token to the endpoint that is given', async () => {
    const at = desk({ config });
    const words = 'context create daemon --token-stdin --endpoint http://127.0.0.1:8080/v1/ -o json';
    const { out } = await at.cloudctl(words, { stdin: 'any-token' });
    expect(JSON.parse(out)).toEqual({ name: 'daemon', endpoint: 'http://127.0.0.1:8080/v1', active: true });
    expect(fs.readFileSync(at.credentials, 'utf8')).toContain('"http://127.0.0.1:8080"');
  });

  it('does not inherit the endpoint of the active context, but what holds for all', async () => {
    const team = config.replace('"prod"', '"team"');
    const words = 'context create other --token-stdin -o json';
    const inTeam = await desk({ config: team }).cloudctl(words, { stdin: sampleToken });
    expect(JSON.parse(inTeam.out).endpoint).toBe('https://api.hetzner.cloud/v1');
    const global = 'preferences = { endpoint = "https://all.example.com" }\n';
    const inAll = await desk({ config: global + team }).cloudctl(words, { stdin: sampleToken });
    expect(JSON.parse(inAll.out).endpoint).toBe('https://all.example.com');
  });

  it('takes token and endpoint of the environment together', async () => {
    const at = desk();
    const env = {
      CLOUDCTL_TOKEN_STORAGE: 'file',
      HCLOUD_TOKEN: 'theirs',
      HCLOUD_ENDPOINT: 'https://cloud.example.com/v1',
    };
    const { status, err } = await at.cloudctl('context create ci --token-from-env', { env });
    expect([status, err]).toEqual([0, 'Note: HCLOUD_TOKEN is set and wins over the active context\n']);
    expect(JSON.parse(fs.readFileSync(at.credentials, 'utf8')).credentials.ci).toEqual({
      token: 'theirs',
      origin: 'https://cloud.example.com',
    });
  });

  it.each([
    ['context create prod', 2, 'no token given, and nobody can be asked here'],
    ['context create prod --token-from-env', 4, 'no token in the environment'],
    ['context create prod --token-from-env --token-stdin', 2, 'exclude each other'],
    ['context create prod --token-stdin', 4, 'token from standard input is malformed: it is empty'],
    ['context create prod --token-stdin --endpoint http://example.com', 2, 'plain http'],
    ['context create -- -x', 2, 'starts with -'],
  ])('%s fails with %i and writes nothing', async (words, status, message) => {
    const at = desk();
    const ran = await at.cloudctl(words);
    expect(ran.status).toBe(status);
    expect(ran.err).toContain(message);
    expect(fs.existsSync(at.config) || fs.existsSync(at.credentials)).toBe(false);
  });

  it('refuses a name that is taken, before it reads a token', async () => {
    const ran = await desk({ config }).cloudctl('context create prod');
    expect([ran.status, ran.err]).toEqual([6, expect.stringContaining('context exists already: prod')]);
  });

  it('leaves no context behind when the token cannot be stored', async () => {
    const at = desk({ config });
    fs.writeFileSync(at.credentials, 'broken', { mode: 0o600 });
    const ran = await at.cloudctl('context create new --token-stdin', { stdin: sampleToken });
    expect(ran.status).toBe(2);
    expect(fs.readFileSync(at.config, 'utf8')).not.toContain('new');
  });

  it('never shows a malformed token', async () => {
    const ran = await desk().cloudctl('context create prod --token-stdin', { stdin: 'geheim nis' });
    expect(ran.status).toBe(4);
    expect(ran.out + ran.err).not.toMatch(/geheim|nis\b/);
  });
});

describe('context list and describe', () => {
  it('show every context and whether a token is stored, never the token', async () => {
    const at = desk({ config, credentials });
    const { out } = await at.cloudctl('context list --allow-sensitive');
    expect(out.split('\n').map(line => line.split(/ {2,}/))).toEqual([
      ['ACTIVE', 'NAME', 'ENDPOINT', 'CREDENTIAL'],
      ['*', 'prod', 'https://api.hetzner.cloud/v1', 'stored'],
      ['-', 'team', 'https://cloud.example.com/v1', 'none'],
      [''],
    ]);
    for (const words of ['context list -o json --allow-sensitive', 'context describe', 'context describe -o yaml']) {
      const ran = await at.cloudctl(words);
      expect(ran.status).toBe(0);
      expect(ran.out).toContain('prod');
      expect(ran.out).not.toContain(sampleToken);
    }
  });

  it("give hcloud's columns on request, and JSON as an array of objects", async () => {
    const at = desk({ config, credentials });
    expect((await at.cloudctl('context list -o columns=name -o noheader')).out).toBe('prod\nteam\n');
    expect((await at.cloudctl('context list -o id')).out).toBe('prod\nteam\n');
    const [first] = JSON.parse((await at.cloudctl('context list -o json')).out);
    expect(first).toEqual({
      active: true,
      name: 'prod',
      endpoint: 'https://api.hetzner.cloud/v1',
      credential: 'stored',
      require_login: false,
    });
  });

  it('say when a token is for another server than the context names', async () => {
    const at = desk({ config, credentials: { team: credentials.prod } });
    const { out } = await at.cloudctl('context describe team -o json');
    expect(JSON.parse(out)).toMatchObject({ credential: 'stored for https://api.hetzner.cloud', active: false });
  });

  it('fail for a context that is not there, or when none is active', async () => {
    expect((await desk({ config }).cloudctl('context describe tem')).err).toContain('Did you mean team?');
    expect((await desk().cloudctl('context describe')).status).toBe(5);
    expect(await desk().cloudctl('context list')).toMatchObject({ status: 0 });
    expect(await desk().cloudctl('context active')).toEqual({ status: 0, out: '', err: '' });
  });
});

describe('context use, unset, rename and delete', () => {
  it('use makes a context active and says what wins over it', async () => {
    const at = desk({ config });
    expect(await at.cloudctl('context use team')).toEqual({ status: 0, out: 'team: made active\n', err: '' });
    expect((await at.cloudctl('context active')).out).toBe('team\n');
    const env = { CLOUDCTL_TOKEN: 'x' };
    expect((await at.cloudctl('context use prod', { env })).err).toContain('CLOUDCTL_TOKEN is set and wins');
    expect((await at.cloudctl('context use prod -o json', { env })).err).toBe('');
  });

  it('use of an unknown context is not found, with a suggestion', async () => {
    const ran = await desk({ config }).cloudctl('context use taem -o json');
    expect(ran).toMatchObject({ status: 5, out: '' });
    expect(JSON.parse(ran.err).error).toMatchObject({ code: 'not_found', hint: expect.stringContaining('team') });
  });

  it('unset leaves none active', async () => {
    const at = desk({ config });
    expect((await at.cloudctl('context unset')).out).toBe('prod: no longer active\n');
    expect(fs.readFileSync(at.config, 'utf8')).not.toContain('active_context');
    expect(await at.cloudctl('context unset')).toMatchObject({ status: 0, err: 'Note: no context was active\n' });
  });

  it('rename takes the token along', async () => {
    const at = desk({ config, credentials });
    expect((await at.cloudctl('context rename prod live')).out).toBe('prod: renamed to live\n');
    expect((await at.cloudctl('context active')).out).toBe('live\n');
    expect(Object.keys(JSON.parse(fs.readFileSync(at.credentials, 'utf8')).credentials)).toEqual(['live']);
    expect((await at.cloudctl('context rename live team')).status).toBe(6);
    expect((await at.cloudctl('context rename prod x')).status).toBe(5);
  });

  it('delete takes the token too, and leaves none active when it was the active one', async () => {
    const at = desk({ config, credentials });
    expect(await at.cloudctl('context delete prod --quiet')).toEqual({ status: 0, out: '', err: '' });
    expect(fs.existsSync(at.credentials)).toBe(false);
    expect(fs.readFileSync(at.config, 'utf8')).not.toContain('prod');
    expect((await at.cloudctl('context delete prod')).status).toBe(5);
  });
});
