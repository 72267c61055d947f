import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type CacheOwner, forgetNames, recallNames, rememberNames } from '../../../src/commands/complete/cache.ts';
import type { Item } from '../../../src/core/resource.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { temporaryHome } from '../../helpers/run.ts';

let home: string;
let clock: FakeClock;
let owner: CacheOwner;

const server = { name: 'server' } as const;
const items: Item[] = [
  { id: 1, name: 'web-1', labels: { env: 'prod' }, status: 'running' },
  { id: 2, name: 'web-2', labels: {} },
];
const file = () => path.join(home, '.cache/cloudctl/names/scope-a/server.json');

beforeEach(() => {
  home = temporaryHome();
  clock = fakeClock();
  owner = ownerOf('scope-a');
});

function ownerOf(scope: string, env: Record<string, string> = {}, platform = 'linux'): CacheOwner {
  return { scope: async () => scope, world: { env: { HOME: home, ...env }, platform, clock } };
}

test('what a whole list says is known until it is forgotten, with its age', async () => {
  await rememberNames(owner, server, items);
  await clock.advance(1234);
  const recalled = await recallNames(owner, 'server');
  expect(recalled).toEqual({
    names: [
      { id: 1, name: 'web-1', labels: { env: 'prod' } },
      { id: 2, name: 'web-2' },
    ],
    age: 1234,
  });
  await forgetNames(owner, server);
  expect(await recallNames(owner, 'server')).toBeUndefined();
});

test('a snapshot is kept by its description, and by its id where it has none', async () => {
  const rows: Item[] = [
    { id: 7, name: null, description: 'before upgrade' },
    { id: 8, name: null, description: '' },
  ];
  await rememberNames(owner, { name: 'snapshot', nameKey: 'description' }, rows);
  expect((await recallNames(owner, 'snapshot'))?.names.map(({ name }) => name)).toEqual(['before upgrade', '8']);
});

test('only the owner can read the names', async () => {
  await rememberNames(owner, server, items);
  expect(fs.statSync(file()).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.dirname(file())).mode & 0o777).toBe(0o700);
  expect(fs.statSync(path.join(home, '.cache/cloudctl')).mode & 0o777).toBe(0o700);
});

test('what is there and fresh is not written again, until a minute has passed or a name has changed', async () => {
  await rememberNames(owner, server, items);
  const first = fs.statSync(file()).ino;
  await clock.advance(59_000);
  await rememberNames(owner, server, items);
  expect(fs.statSync(file()).ino).toBe(first);
  expect((await recallNames(owner, 'server'))?.age).toBe(59_000);
  await clock.advance(1_000);
  await rememberNames(owner, server, items);
  expect((await recallNames(owner, 'server'))?.age).toBe(0);
  await clock.advance(1);
  await rememberNames(owner, server, [{ id: 1, name: 'renamed' }]);
  expect((await recallNames(owner, 'server'))?.names).toEqual([{ id: 1, name: 'renamed' }]);
});

test('each endpoint and token has names of its own', async () => {
  await rememberNames(owner, server, items);
  expect(await recallNames(ownerOf('scope-b'), 'server')).toBeUndefined();
});

test('forgetting snapshots forgets images too, which are rows of the same list', async () => {
  await rememberNames(owner, { name: 'image' }, items);
  await rememberNames(owner, server, items);
  await forgetNames(owner, { name: 'snapshot' });
  expect(await recallNames(owner, 'image')).toBeUndefined();
  expect(await recallNames(owner, 'server')).toBeDefined();
});

test('XDG_CACHE_HOME is where the names are, unless it is relative', async () => {
  const cache = temporaryHome();
  await rememberNames(ownerOf('s', { XDG_CACHE_HOME: cache }), server, items);
  expect(fs.existsSync(path.join(cache, 'cloudctl/names/s/server.json'))).toBe(true);
  await rememberNames(ownerOf('s', { XDG_CACHE_HOME: 'cache' }), server, items);
  expect(fs.existsSync(path.join(home, '.cache/cloudctl/names/s/server.json'))).toBe(true);
});

test('on Windows they are in the local application data', async () => {
  await rememberNames(ownerOf('s', { LOCALAPPDATA: home }, 'win32'), server, items);
  expect(fs.existsSync(path.join(home, 'cloudctl/cache/names/s/server.json'))).toBe(true);
  const nowhere = ownerOf('s', { LOCALAPPDATA: '' }, 'win32');
  await rememberNames(nowhere, server, items);
  expect(await recallNames(nowhere, 'server')).toBeUndefined();
});

test('a cache that cannot be written, read or understood is no cache, and no error', async () => {
  const nowhere = ownerOf('s', { HOME: '' });
  await rememberNames(nowhere, server, items);
  expect(await recallNames(nowhere, 'server')).toBeUndefined();
  await forgetNames(nowhere, server);

  fs.writeFileSync(path.join(home, 'file'), '');
  const blocked = ownerOf('s', { XDG_CACHE_HOME: path.join(home, 'file') });
  await rememberNames(blocked, server, items);
  expect(await recallNames(blocked, 'server')).toBeUndefined();
  await forgetNames(blocked, server);

  await rememberNames(owner, server, items);
  for (const broken of ['', 'x\n[]', '5\n[[1', '5\n{}', 'no line']) {
    fs.writeFileSync(file(), broken);
    expect(await recallNames(owner, 'server')).toBeUndefined();
  }
  const locked = { ...owner, scope: () => Promise.reject(new Error('no token')) };
  await rememberNames(locked, server, items);
  expect(await recallNames(locked, 'server')).toBeUndefined();
});

test('a write that fails leaves no draft behind', async () => {
  await rememberNames(owner, server, items);
  fs.rmSync(file());
  fs.mkdirSync(file());
  await rememberNames(owner, server, items);
  expect(fs.readdirSync(path.dirname(file()))).toEqual(['server.json']);
});

test('names written in the future are of no known age, so they are asked for again', async () => {
  await rememberNames(owner, server, items);
  clock = fakeClock(clock.now() - 1);
  expect((await recallNames(ownerOf('scope-a'), 'server'))?.age).toBe(Number.POSITIVE_INFINITY);
});
