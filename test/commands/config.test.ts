import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sampleToken } from '../core/config/home.ts';
import { desk } from './set-up.ts';

const config = `active_context = "prod"

[preferences]
debug = true

[[contexts]]
name = "prod"

[contexts.preferences]
poll_interval = "3s"

[[contexts]]
name = "bare"
`;

const rows = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => line.split(','));

describe('config list', () => {
  it('shows what is set and which layer set it', async () => {
    const at = desk({ config });
    const env = { HCLOUD_SORT_SERVER: 'name', CLOUDCTL_TOKEN: sampleToken };
    const { out } = await at.cloudctl('config list -o csv --http-timeout 5s --allow-sensitive', { env });
    expect(rows(out)).toEqual([
      ['key', 'value', 'origin'],
      ['context', 'prod', 'file'],
      ['token', '[redacted]', 'env CLOUDCTL_TOKEN'],
      ['debug', 'true', 'file'],
      ['poll-interval', '3s', 'context'],
      ['http-timeout', '5s', 'flag'],
      ['sort.server', 'name', 'env HCLOUD_SORT_SERVER'],
    ]);
  });

  it('shows defaults with -a, and no context with --global', async () => {
    const at = desk({ config });
    const all = rows((await at.cloudctl('config list -a -o csv')).out);
    expect(all).toContainEqual(['concurrency', '10', 'default']);
    expect(all).toContainEqual(['timeout', '', 'default']);
    expect(all).toContainEqual(['endpoint', 'https://api.hetzner.cloud/v1', 'default']);
    expect(all).toContainEqual(['config', at.config, 'default']);
    expect(rows((await at.cloudctl('config list -g -o csv')).out)).toEqual([
      ['key', 'value', 'origin'],
      ['debug', 'true', 'file'],
    ]);
    const other = await desk().cloudctl(`config list --global -o csv --config ${at.config}`);
    expect(rows(other.out)).toContainEqual(['debug', 'true', 'file']);
  });

  it('gives JSON with the values as they are', async () => {
    const at = desk({ config });
    expect(JSON.parse((await at.cloudctl('config list -o json')).out)).toContainEqual({
      key: 'debug',
      value: true,
      origin: 'file',
    });
  });
});

describe('config get', () => {
  it('prints the value that is in effect as config set would take it', async () => {
    const at = desk({ config });
    expect(await at.cloudctl('config get poll_interval')).toEqual({ status: 0, out: '3s\n', err: '' });
    expect((await at.cloudctl('config get poll-interval --global')).out).toBe('\n');
    expect((await at.cloudctl('config get poll-interval', { env: { HCLOUD_POLL_INTERVAL: '1m' } })).out).toBe('1m\n');
    expect((await at.cloudctl('config get sort.server', { env: { CLOUDCTL_SORT_SERVER: 'a, b' } })).out).toBe('a,b\n');
    expect((await at.cloudctl('config get concurrency -o json')).out).toContain('"value": 10');
  });

  it('never prints the token', async () => {
    const env = { CLOUDCTL_TOKEN: sampleToken };
    const ran = await desk().cloudctl('config get token --allow-sensitive', { env });
    expect(ran.status).toBe(2);
    expect(ran.out + ran.err).not.toContain(sampleToken);
  });

  it('of an unknown key suggests the one that was meant', async () => {
    const ran = await desk().cloudctl('config get poll-intervall');
    expect(ran.status).toBe(2);
    expect(ran.err).toContain('Did you mean poll-interval?');
  });
});

describe('config set and unset', () => {
  it('change the current context, or with --global all', async () => {
    const at = desk({ config });
    expect(await at.cloudctl('config set poll-interval 1s')).toEqual({
      status: 0,
      out: 'poll-interval: set to 1s in context prod\n',
      err: '',
    });
    expect((await at.cloudctl('config set --global concurrency 4')).out).toBe(
      'concurrency: set to 4 for all contexts\n',
    );
    await at.cloudctl('config set --context bare quiet on');
    await at.cloudctl('config set sort.server name:asc id:desc');
    expect(fs.readFileSync(at.config, 'utf8')).toBe(
      config
        .replace('debug = true\n', 'debug = true\nconcurrency = 4\n')
        .replace('"3s"\n', '"1s"\n\n[contexts.preferences.sort]\nserver = [ "name:asc", "id:desc" ]\n')
        .concat('\n[contexts.preferences]\nquiet = true\n'),
    );
  });

  it('unset lets the next layer hold again, and says so when nothing was set', async () => {
    const at = desk({ config });
    expect((await at.cloudctl('config unset poll-interval')).out).toBe('poll-interval: unset in context prod\n');
    expect((await at.cloudctl('config get poll-interval')).out).toBe('\n');
    expect((await at.cloudctl('config unset poll-interval')).err).toBe('Note: poll-interval was so before\n');
    expect((await at.cloudctl('config unset --global debug -o json')).out).toContain('"value": null');
    expect(fs.readFileSync(at.config, 'utf8')).not.toMatch(/preferences|debug/);
  });

  it.each([
    ['config set poll-interval soon', "poll-interval: 'soon' is not a duration"],
    ['config set concurrency 0', "concurrency: '0' is less than 1"],
    ['config set endpoint http://example.com', 'endpoint: endpoint http://example.com is plain http'],
    ['config set debug true false', 'debug: takes exactly one value'],
    ['config set pol-interval 1s', 'Did you mean poll-interval?'],
    ['config set context prod', 'cloudctl context use'],
    ['config set --global yes true', 'CLOUDCTL_YES'],
    ['config set --context nowhere quiet true', 'context not found: nowhere'],
  ])('%s fails and writes nothing', async (words, message) => {
    const at = desk({ config });
    const ran = await at.cloudctl(words);
    expect(ran.status).toBeGreaterThan(0);
    expect(ran.err).toContain(message);
    expect(fs.readFileSync(at.config, 'utf8')).toBe(config);
  });

  it('without an active context need --global', async () => {
    const ran = await desk().cloudctl('config set quiet true');
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining('Add --global')]);
    expect((await desk().cloudctl('config set --global quiet true')).status).toBe(0);
  });

  it('without a place for the file fail, while reading goes on', async () => {
    const env = { HOME: '' };
    expect((await desk().cloudctl('config set --global quiet true', { env })).err).toContain('HOME is not set');
    expect((await desk().cloudctl('config get quiet', { env })).out).toBe('false\n');
  });
});

describe('config add and remove', () => {
  it('change a list without repetitions, and take the setting away with its last value', async () => {
    const at = desk({ config });
    await at.cloudctl('config add default-ssh-keys laptop desk');
    const added = await at.cloudctl('config add default_ssh_keys desk,phone');
    expect(added.out).toBe('default-ssh-keys: set to laptop,desk,phone in context prod\n');
    expect((await at.cloudctl('config remove default-ssh-keys desk phone other')).out).toContain('set to laptop in');
    expect((await at.cloudctl('config remove default-ssh-keys desk')).err).toContain('was so before');
    expect((await at.cloudctl('config remove default-ssh-keys laptop')).out).toContain('unset in context prod');
    expect(fs.readFileSync(at.config, 'utf8')).toBe(config);
  });

  it('fail for what is no list', async () => {
    const ran = await desk({ config }).cloudctl('config add debug true');
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining('debug: is not a list')]);
  });
});
