import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/core/config/file.ts';
import { type Desk, desk } from './set-up.ts';

const [first, second] = ['A'.repeat(64), 'B'.repeat(64)] as [string, string];
const cli = `active_context = "prod"

[preferences]
poll_interval = 1000000000
sort = { server = ["name:asc"], volume = ["id"] }

[[contexts]]
name = "prod"
token = "${first}"
[contexts.preferences]
default_ssh_keys = ["laptop"]

[[contexts]]
name = "daemon"
token = "${second}"
preferences = { endpoint = "https://cloud.example.com/v1" }
`;

function deskWith(text: string, options: Parameters<typeof desk>[0] = {}): Desk & { readonly cli: string } {
  const at = desk(options);
  const file = path.join(at.folder, '.config', 'hcloud', 'cli.toml');
  fs.mkdirSync(path.dirname(file));
  fs.writeFileSync(file, text);
  return { ...at, cli: file };
}

const stored = (at: Desk) => JSON.parse(fs.readFileSync(at.credentials, 'utf8')).credentials;
const document = async (at: Desk) => (await readConfig(at.config)).document;

describe('context import', () => {
  it("takes over hcloud's contexts, tokens, preferences and active context, and leaves its file alone", async () => {
    const at = deskWith(cli);
    const ran = await at.cloudctl('context import -o json');
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(ran.out).map((row: { name: string; result: string }) => [row.name, row.result])).toEqual([
      ['prod', 'imported'],
      ['daemon', 'imported'],
    ]);
    expect(await document(at)).toEqual({
      active_context: 'prod',
      preferences: { poll_interval: '1s', sort: { server: ['name:asc'], volume: ['id'] } },
      contexts: [
        {
          name: 'prod',
          preferences: { default_ssh_keys: ['laptop'], endpoint: 'https://api.hetzner.cloud/v1' },
        },
        { name: 'daemon', preferences: { endpoint: 'https://cloud.example.com/v1' } },
      ],
    });
    expect(stored(at)).toEqual({
      prod: { token: first, origin: 'https://api.hetzner.cloud' },
      daemon: { token: second, origin: 'https://cloud.example.com' },
    });
    expect(fs.readFileSync(at.cli, 'utf8')).toBe(cli);
    expect(fs.readFileSync(at.config, 'utf8') + ran.out).not.toContain(first);
  });

  it('keeps what cloudctl has, unless --overwrite', async () => {
    const config =
      'active_context = "own"\npreferences = { poll_interval = "9s", sort = { server = ["id"] } }\n[[contexts]]\nname = "own"\n[[contexts]]\nname = "prod"\n';
    const at = deskWith(cli, { config });
    const kept = await at.cloudctl('context import -o csv -o columns=name,result');
    expect(kept.out).toBe('name,result\nprod,kept\ndaemon,imported\n');
    expect(await document(at)).toMatchObject({
      active_context: 'own',
      preferences: { poll_interval: '9s', sort: { server: ['id'], volume: ['id'] } },
    });
    expect(stored(at)).not.toHaveProperty('prod');

    const replaced = await at.cloudctl('context import --overwrite -o csv -o columns=name,result -o noheader');
    expect(replaced.out).toBe('prod,replaced\ndaemon,replaced\n');
    expect(await document(at)).toMatchObject({
      active_context: 'own',
      preferences: { poll_interval: '1s', sort: { server: ['name:asc'], volume: ['id'] } },
    });
    expect(stored(at).prod.token).toBe(first);
  });

  it('imports the good ones when some are bad, and tells which failed', async () => {
    const at = deskWith(cli.replace(first, 'geheim').replace('"prod"\ntoken', '"prod"\ntoken'));
    const ran = await at.cloudctl('context import');
    expect(ran.status).toBe(3);
    expect(ran.out).toMatch(/prod .* failed .* malformed/);
    expect(ran.out + ran.err).not.toContain('geheim');
    expect((await document(at)).contexts?.map(({ name }) => name)).toEqual(['daemon']);
    expect((await document(at)).active_context).toBeUndefined();
  });

  it('fails one whose endpoint is plain http', async () => {
    const at = deskWith(cli.replace('https://cloud', 'http://cloud'));
    expect((await at.cloudctl('context import')).out).toMatch(/daemon .* failed .* plain http/);
  });

  it('reads the file of --from, or of HCLOUD_CONFIG', async () => {
    const other = deskWith(cli);
    expect((await desk().cloudctl(`context import --from ${other.cli}`)).status).toBe(0);
    expect((await desk().cloudctl('context import', { env: { HCLOUD_CONFIG: other.cli } })).status).toBe(0);
  });

  it('fails clearly where there is no file, no home, or the file is its own', async () => {
    const at = desk();
    expect((await at.cloudctl('context import')).err).toContain("hcloud's file is not there");
    expect((await at.cloudctl(`context import --from ${at.config}`)).err).toContain("cloudctl's own file");
    const env = { HOME: '', CLOUDCTL_CONFIG: at.config };
    expect((await at.cloudctl('context import', { env })).err).toContain('HOME is not set');
  });
});

describe('context import --remove-plaintext', () => {
  it("takes the tokens out of hcloud's file and leaves every other byte", async () => {
    const at = desk();
    const text = `# mine\nactive_context = "prod"\n\n[[contexts]]\n  name = "prod"\n  token = "${first}"\n\n[[contexts]]\n  token = '${second}' # second\n  name = "dev"\n  [contexts.preferences]\n    quiet = true\n`;
    const source = path.join(at.folder, 'cli.toml');
    fs.writeFileSync(source, text, { mode: 0o600 });
    const ran = await at.cloudctl(`context import --from ${source} --remove-plaintext`);
    expect(ran.status).toBe(0);
    expect(ran.err).toContain(`the tokens are no longer in ${source}`);
    expect(fs.readFileSync(source, 'utf8')).toBe(
      text.replace(`  token = "${first}"\n`, '').replace(`  token = '${second}' # second\n`, ''),
    );
    expect(JSON.parse(fs.readFileSync(at.credentials, 'utf8')).credentials.dev.token).toBe(second);
  });

  it('keeps the token of a context that was not taken over', async () => {
    const at = desk();
    const source = path.join(at.folder, 'cli.toml');
    fs.writeFileSync(
      source,
      `[[contexts]]\nname = "good"\ntoken = "${first}"\n[[contexts]]\nname = "bad"\ntoken = "short"\n`,
    );
    expect((await at.cloudctl(`context import --from ${source} --remove-plaintext`)).status).toBe(3);
    expect(fs.readFileSync(source, 'utf8')).toBe(
      '[[contexts]]\nname = "good"\n[[contexts]]\nname = "bad"\ntoken = "short"\n',
    );
  });

  it('leaves a file alone that is written so that tokens cannot be taken out', async () => {
    const at = desk();
    const source = path.join(at.folder, 'cli.toml');
    const text = `contexts = [{ name = "prod", token = "${first}" }]\n`;
    fs.writeFileSync(source, text);
    const ran = await at.cloudctl(`context import --from ${source} --remove-plaintext`);
    expect([ran.status, ran.err]).toEqual([6, expect.stringContaining('does not let its tokens be removed safely')]);
    expect(fs.readFileSync(source, 'utf8')).toBe(text);
    expect(ran.err).not.toContain(first);
  });

  it('is not done without the flag where nobody can be asked, not even with --yes', async () => {
    const at = desk();
    const source = path.join(at.folder, 'cli.toml');
    const text = `[[contexts]]\nname = "prod"\ntoken = "${first}"\n`;
    fs.writeFileSync(source, text);
    expect((await at.cloudctl(`context import --from ${source} --yes`)).status).toBe(0);
    expect(fs.readFileSync(source, 'utf8')).toBe(text);
  });
});
