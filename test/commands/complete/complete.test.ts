import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { run, temporaryHome } from '../../helpers/run.ts';
import { countRefreshes, person } from '../auth/open.ts';

let sandbox: Sandbox;
let clock: FakeClock;
let env: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: { servers: 1000, volumes: 3, snapshots: 2 } });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  clock = fakeClock(Date.now(), { auto: false });
  env = { HOME: temporaryHome() };
});

/** What is offered for the last word, as fish is told. */
async function offered(...words: string[]): Promise<string[]> {
  const { status, out, err } = await run(sandbox, ['__complete', 'fish', '--', ...words], { env, clock });
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const [how, ...items] = out.split('\0').slice(0, -1);
  expect(how).toBe('words');
  return items.map(item => item.split('\t')[0]!);
}

test('the first word is a noun or help; an alias comes only where no noun begins like that', async () => {
  expect(await offered('')).toEqual(expect.arrayContaining(['server', 'volume', 'help']));
  expect(await offered('ser')).not.toContain('servers');
  expect(await offered('key')).toEqual(expect.arrayContaining(['key', 'keys']));
});

test('the second word is a verb, after an alias and after global flags too', async () => {
  for (const noun of ['server', 'servers']) {
    expect(await offered(noun, 'd')).toEqual(expect.arrayContaining(['delete', 'describe', 'add-label']));
  }
  expect(await offered('--context', 'x', '--quiet', 'volume', '')).toEqual(
    expect.arrayContaining(['attach', 'resize']),
  );
  expect(await offered('nonsense', '')).toEqual([]);
  expect(await offered('server', 'nonsense', '')).toEqual([]);
});

test('a dash offers the flags that are not given yet, and those that may be repeated', async () => {
  const flags = await offered('server', 'list', '--quiet', '-o', 'json', '--');
  expect(flags).toEqual(expect.arrayContaining(['--output', '--selector', '--status', '--context', '--help']));
  expect(flags).not.toContain('--quiet');
  expect(flags).not.toContain('-o');
  expect(await offered('server', 'list', '-')).toEqual(expect.arrayContaining(['-o', '-l', '--output']));
  expect(await offered('server', 'enable-backup', '--')).not.toContain('--window');
  expect(await offered('--')).toContain('--endpoint');
});

test('accounts are offered by their names, and no request is made for them', async () => {
  const { cloudctl, login, sandbox: own } = await person();
  await login('ada@example.com');
  await login('ben@example.com');
  const before = own.workos.requests.length;
  for (const words of ['auth switch ', 'logout ', 'context create team --account ']) {
    const { out } = await cloudctl(['__complete', 'fish', '--', ...words.split(' ')]);
    expect(out.split('\0').slice(1, -1)).toEqual(['ada@example.com', 'ben@example.com']);
  }
  expect(own.workos.requests).toHaveLength(before);
});

test('names are not fetched with tokens that would have to be exchanged first', async () => {
  const { cloudctl, login, sandbox: own, clock: time } = await person();
  await login();
  await cloudctl(`context create team --endpoint ${own.url} --account ada@example.com`);
  await time.advance(60 * 60_000);
  const { status, out } = await cloudctl(['__complete', 'fish', '--', 'server', 'describe', '']);
  expect([status, out.split('\0').slice(1, -1)]).toEqual([0, []]);
  expect(countRefreshes(own)).toBe(0);
});

test('values of flags are choices, formats, columns and sort keys', async () => {
  expect(await offered('server', 'list', '--status', '')).toContain('running');
  expect(await offered('server', 'list', '--status', 'off,')).not.toContain('off,off');
  expect(await offered('server', 'list', '-o', '')).toEqual(expect.arrayContaining(['json', 'columns=', 'noheader']));
  expect(await offered('server', 'list', '--output=columns=id,')).toContain('--output=columns=id,name');
  expect(await offered('server', 'list', '-o', 'columns=id,')).not.toContain('columns=id,id');
  expect(await offered('server', 'list', '--columns', '')).toContain('ipv4');
  expect(await offered('server', 'list', '--sort', '')).toEqual(expect.arrayContaining(['name', 'name:desc']));
  expect(await offered('server', 'list', '--quiet=')).toEqual(['--quiet=true', '--quiet=false']);
  expect(await offered('server', 'enable-protection', 'web-0001', 'delete', '')).toEqual(['rebuild']);
  expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered('volume', 'create', '--size', '')).toEqual([]);
});

test('a flag for a file leaves it to the shell, with what stands before the name', async () => {
  const { out } = await run(sandbox, ['__complete', 'fish', '--', 'server', 'list', '--config=/e'], { env, clock });
  expect(out).toBe('files--config=\0');
});

test('help offers nouns and topics, and after a noun its verbs', async () => {
  expect(await offered('help', '')).toEqual(expect.arrayContaining(['server', 'exit-codes', 'environment']));
  expect(await offered('help', 'server', '')).toContain('reboot');
  expect(await offered('help', 'server', 'list', '')).toEqual([]);
});

test('names of 1,000 servers are read once; from then on TAB sends no request', async () => {
  const first = await offered('server', 'describe', '');
  expect(first).toHaveLength(1000);
  expect(first).toEqual([...first].sort());
  expect(sandbox.requests.length).toBeGreaterThan(0);
  const before = sandbox.requests.length;
  expect(await offered('server', 'reboot', 'web-0001', '')).not.toContain('web-0001');
  expect(await offered('volume', 'attach', 'data', '--server', '')).toHaveLength(1000);
  expect(await offered('server', 'remove-label', 'web-0001', '')).toEqual(['env', 'index', 'role']);
  expect(await offered('server', 'list', '-l', 'env=')).toEqual(['env=production', 'env=staging']);
  expect(await offered('server', 'list', '-l', 'role=web,')).toContain('role=web,env');
  expect(sandbox.requests.length).toBe(before);
});

test('a list that was shown warms the names; a deletion, a new name or a label makes them be asked for again', async () => {
  await run(sandbox, 'volume list', { env, clock });
  const listed = sandbox.requests.length;
  const [first, second] = await offered('volume', 'describe', '');
  expect(sandbox.requests.length).toBe(listed);
  await run(sandbox, ['volume', 'delete', second!, '--yes'], { env, clock });
  const left = await offered('volume', 'describe', '');
  expect(left).toContain(first);
  expect(left).not.toContain(second);
  await run(sandbox, ['volume', 'update', first!, '--name', 'renamed'], { env, clock });
  expect(await offered('volume', 'describe', '')).toContain('renamed');
  await run(sandbox, ['volume', 'add-label', 'renamed', 'colour=red'], { env, clock });
  expect(await offered('volume', 'remove-label', 'renamed', '')).toContain('colour');
});

test('names older than five minutes are asked for again; when that fails the old ones serve', async () => {
  await offered('volume', 'describe', '');
  const before = sandbox.requests.length;
  await clock.advance(5 * 60_000);
  await offered('volume', 'describe', '');
  expect(sandbox.requests.length).toBe(before);
  await clock.advance(1);
  await offered('volume', 'describe', '');
  expect(sandbox.requests.length).toBeGreaterThan(before);
  await clock.advance(5 * 60_000 + 1);
  sandbox.fault({ kind: 'garbage', times: 100 });
  expect(await offered('volume', 'describe', '')).toHaveLength(3);
});

test('after a second and a half without an answer there is nothing, and no error', async () => {
  sandbox.fault({ kind: 'hang', times: 100 });
  const pending = offered('volume', 'describe', '');
  while (sandbox.requests.length === 0) await new Promise(setImmediate);
  await clock.advance(1_500);
  expect(await pending).toEqual([]);
});

test('without a token, or with a configuration that is broken, there is nothing, and no error', async () => {
  const bare = { HOME: temporaryHome() };
  const line = ['__complete', 'zsh', '--', 'server', 'describe', ''];
  expect(await run(undefined, line, { env: bare, clock })).toEqual({ status: 0, out: 'words\0', err: '' });
  const broken = { ...bare, CLOUDCTL_TIMEOUT: 'soon', CLOUDCTL_CONFIG: '/' };
  expect(await run(undefined, line, { env: broken, clock })).toEqual({ status: 0, out: 'words\0', err: '' });
  expect(await run(undefined, ['__complete', 'tcsh', '--', ''], { env, clock })).toMatchObject({ status: 0, out: '' });
  expect(await run(undefined, ['__complete'], { env, clock })).toMatchObject({ status: 0, out: '' });
});

test('snapshots come by description, or by id where several have the same', async () => {
  const rows = [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');
  const [one, other] = rows;
  expect(await offered('snapshot', 'describe', '')).toEqual(rows.map(({ description }) => description).sort());
  other!.description = one!.description;
  await clock.advance(5 * 60_000 + 1);
  expect(await offered('snapshot', 'describe', '')).toEqual([String(one!.id), String(other!.id)]);
});

test('contexts and settings come from the configuration', async () => {
  await run(undefined, 'context create work --token-stdin', { env, stdin: 'x'.repeat(64), clock });
  expect(await offered('--context', '')).toEqual(['work']);
  expect(await offered('context', 'use', '')).toEqual(['work']);
  expect(await offered('config', 'get', 'so')).toEqual(expect.arrayContaining(['sort.server', 'poll-interval']));
  expect(await offered('config', 'get', 'so')).not.toContain('token');
});
