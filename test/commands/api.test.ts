import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBody, buildQuery, parseValue } from '../../src/commands/api/fields.ts';
import { parsePath } from '../../src/commands/api/path.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { run, temporaryHome } from '../helpers/run.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: { servers: 60, ssh_keys: 1 }, speed: Number.POSITIVE_INFINITY });
});
afterAll(() => sandbox.stop());

const cloudctl = (line: string | string[], options = {}) => run(sandbox, line, options);
const noFile = async (): Promise<Buffer> => {
  throw new Error('no file');
};
const fieldsOf = (...texts: string[]) => texts.map(text => ({ text, raw: false }));

describe('cloudctl api', () => {
  it('prints the answer as it came', async () => {
    const { status, out } = await cloudctl('api GET /v1/servers?per_page=1 -f sort=name:desc');
    expect(status).toBe(0);
    const { servers, meta } = JSON.parse(out);
    expect(servers.map(({ name }: { name: string }) => name)).toEqual(['web-0060']);
    expect(meta.pagination.total_entries).toBe(60);
  });

  it('reads all pages as one array', async () => {
    const { out } = await cloudctl(['api', 'get', 'servers', '--paginate', '--query', 'length(@)']);
    expect(out).toBe('60\n');
  });

  it('sends fields and files as a body', async () => {
    const file = join(temporaryHome(), 'labels.json');
    writeFileSync(file, '{"labels":{"from":"file"}}');
    const [server] = sandbox.state.servers.values();
    expect((await cloudctl(`api PUT servers/${server!.id} -f labels[env]=prod`)).status).toBe(0);
    expect(server!.labels).toEqual({ env: 'prod' });
    expect((await cloudctl(`api PUT servers/${server!.id} --body ${file}`)).status).toBe(0);
    expect(server!.labels).toEqual({ from: 'file' });
    await cloudctl(`api PUT servers/${server!.id} --body -`, { stdin: '{"labels":{}}' });
    expect(server!.labels).toEqual({});
  });

  it('only shows what it would change with --dry-run', async () => {
    const { out } = await cloudctl('api POST servers/1/actions/reboot --dry-run -o json');
    expect(JSON.parse(out)).toEqual({
      dry_run: true,
      requests: [{ method: 'POST', path: 'servers/1/actions/reboot' }],
    });
  });

  it('deletes only what somebody has agreed to', async () => {
    const [key] = sandbox.state.ssh_keys.values();
    const asked = await cloudctl(`api DELETE ssh_keys/${key!.id}`);
    expect([asked.status, sandbox.state.ssh_keys.size]).toEqual([2, 1]);
    const agreed = await cloudctl(`api DELETE ssh_keys/${key!.id} --yes`);
    expect([agreed.status, agreed.out, sandbox.state.ssh_keys.size]).toEqual([0, '', 0]);
  });

  it('fails as the API does', async () => {
    expect((await cloudctl('api GET servers/1')).status).toBe(5);
    expect((await cloudctl('api GET nothing')).status).toBe(5);
    expect((await cloudctl('api POST servers -f name=x')).status).toBe(6);
  });

  it.each([
    'api PATCH servers',
    'api GET https://api.example.com/v1/servers',
    'api POST servers --paginate',
    'api GET servers --body file',
    'api POST servers --body file -f a=b',
    'api POST servers --body /nowhere',
    'api GET servers -f a[b]=c',
    'api POST servers -f nothing',
  ])('refuses %s before anything is sent', async line => {
    const before = sandbox.requests.length;
    expect((await cloudctl(line)).status).toBe(2);
    expect(sandbox.requests.length).toBe(before);
  });

  it('refuses a body that is not JSON', async () => {
    const { status, err } = await cloudctl('api POST servers --body -', { stdin: '{' });
    expect([status, err]).toEqual([2, expect.stringContaining('- is not JSON')]);
  });
});

describe('a path', () => {
  it('may begin with a slash and the version, and have a query', () => {
    expect(parsePath('/v1/servers/42/actions?id=1&id=2&status=running')).toEqual({
      path: 'servers/42/actions',
      query: { id: ['1', '2'], status: ['running'] },
    });
    expect(parsePath('servers/')).toEqual({ path: 'servers', query: {} });
  });

  it.each([
    '',
    '/',
    '//evil.example/x',
    'servers/../../x',
    'servers/%2e%2E/x',
    'a b',
    'servers#x',
    'a//b',
    'file:///x',
  ])('is not %j', typed => expect(() => parsePath(typed)).toThrow());
});

describe('fields', () => {
  it('nest and make lists', async () => {
    const body = await buildBody(
      [
        ...fieldsOf(
          'name=web-1',
          'public_net[ipv4]=null',
          'public_net[enable_ipv6]=false',
          'ssh_keys[]=1',
          'ssh_keys[]=laptop',
          'a[][b]=1',
        ),
        { text: 'raw=1', raw: true },
      ],
      noFile,
    );
    expect(body).toEqual({
      name: 'web-1',
      public_net: { ipv4: null, enable_ipv6: false },
      ssh_keys: [1, 'laptop'],
      a: [{ b: 1 }],
      raw: '1',
    });
  });

  it.each([[['a=1', 'a=2']], [['a=1', 'a[b]=2']], [['a[b]=1', 'a[]=2']], [['a[]=1', 'a[b]=2']], [['a[b=1']], [['=1']]])(
    '%j contradict or are no fields',
    async texts => {
      await expect(buildBody(fieldsOf(...texts), noFile)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it('have the type that their text looks like, and lose nothing', async () => {
    expect(await parseValue('42', noFile)).toBe(42);
    expect(await parseValue('-1.5', noFile)).toBe(-1.5);
    expect(await parseValue('007', noFile)).toBe('007');
    expect(await parseValue('12345678901234567890', noFile)).toBe('12345678901234567890');
    expect(await parseValue('@key.pub', async path => Buffer.from(`read ${path}`))).toBe('read key.pub');
    const texts = fc.string().filter(text => !text.startsWith('@'));
    await fc.assert(
      fc.asyncProperty(texts, async text => {
        const value = await parseValue(text, noFile);
        expect(String(value)).toBe(text);
      }),
    );
  });

  it('cannot reach a prototype', async () => {
    const body = await buildBody(fieldsOf('__proto__[polluted]=true'), noFile);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(JSON.stringify(body)).toBe('{"__proto__":{"polluted":true}}');
  });

  it('of a query become lists when given again', async () => {
    expect(await buildQuery(fieldsOf('id=1', 'id=2', 'status[]=running', 'id=3'), noFile)).toEqual({
      id: ['1', '2', '3'],
      status: 'running',
    });
  });
});
