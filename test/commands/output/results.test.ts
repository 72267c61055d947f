import { expect, test } from 'vitest';
import { parseFormat } from '../../../src/commands/output/format.ts';
import { type Result, writeResults } from '../../../src/commands/output/results.ts';
import type { Action } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import { fakeScreen } from '../../helpers/screen.ts';

const running: Action = {
  id: 7,
  command: 'start_server',
  status: 'running',
  progress: 0,
  started: '2026-11-23T08:00:00Z',
  finished: null,
  resources: [{ id: 1, type: 'server' }],
  error: null,
};
const finished: Action = { ...running, status: 'success', progress: 100 };
const created: Result = {
  target: 'web-1',
  id: 1,
  ok: true,
  message: 'created',
  value: { server: { id: 1 }, root_password: 's3cret', target: 'not me' },
  actions: [finished],
};
const started: Result = { target: 'web-2', id: 2, ok: true, actions: [running] };
const failed: Result = { target: 'web-3', ok: false, error: new Failure('not_found', 'server not found: web-3') };

async function show(output: string[], results: Result[], several: boolean, query?: string): Promise<string> {
  const out = fakeScreen();
  await writeResults(out, parseFormat({ output, query }), results, { several, now: 0 });
  return out.text;
}

test('one target is told in a sentence, with what is told only once', async () => {
  const plain = { ...created, value: { server: {}, root_password: 's3cret', wss_url: '' } };
  expect(await show([], [plain], false)).toBe('web-1: created\nRoot password:   s3cret\n');
  expect(await show([], [started], false)).toBe('web-2: start_server is running (action 7)\n');
  expect(await show([], [{ target: 'a\x1b', ok: true }], false)).toBe('a\\x1b: done\n');
});

test('several targets are a row each', async () => {
  const plain = { ...created, value: { root_password: 's3cret' } };
  expect(await show([], [plain, started, failed], true)).toBe(
    [
      'TARGET   ID   RESULT    MESSAGE',
      'web-1    1    done      created; Root password: s3cret',
      'web-2    2    started   start_server is running (action 7)',
      'web-3    -    failed    server not found: web-3',
      '',
    ].join('\n'),
  );
});

test('one target in JSON is what the API returned and the actions', async () => {
  expect(JSON.parse(await show(['json'], [created], false))).toEqual({
    ...(created.value as object),
    actions: [finished],
  });
  expect(JSON.parse(await show(['json'], [{ target: 'k', ok: true }], false))).toEqual({ actions: [] });
  expect(JSON.parse(await show(['json'], [{ target: 'k', ok: true, value: [1] }], false))).toEqual({
    value: [1],
    actions: [],
  });
});

test('several targets in JSON are an array, whatever matched, and no answer can stand in for target, id or ok', async () => {
  expect(await show(['json'], [], true)).toBe('[]\n');
  const [first, second, third] = JSON.parse(await show(['json'], [created, started, failed], true));
  expect(Object.keys(first)).toEqual(['target', 'id', 'ok', 'server', 'root_password', 'actions']);
  expect(first).toMatchObject({ target: 'web-1', id: 1, ok: true, server: { id: 1 } });
  expect(second).toEqual({ target: 'web-2', id: 2, ok: true, actions: [running] });
  expect(third).toMatchObject({ target: 'web-3', id: null, ok: false, error: { code: 'not_found', exit: 5 } });
});

test('NDJSON is a line a target, CSV a record, ids and names those that were done', async () => {
  expect(
    (await show(['ndjson'], [created, failed], true))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).ok),
  ).toEqual([true, false]);
  expect(await show(['csv'], [started, failed], true)).toBe(
    'target,id,result,message\nweb-2,2,started,start_server is running (action 7)\nweb-3,,failed,server not found: web-3\n',
  );
  expect(await show(['id'], [created, failed, { target: 'k', ok: true }], true)).toBe('1\nk\n');
  expect(await show(['name'], [created, failed], true)).toBe('web-1\n');
});

test('a query and a template work on the results', async () => {
  expect(await show([], [created, failed], true, '[?!ok].target')).toBe('[\n  "web-3"\n]\n');
  expect(await show(['format={{.Target}} {{.OK}}'], [created, failed], true)).toBe('web-1 true\nweb-3 false\n');
});

test('a single failure writes nothing, since it is thrown', async () => {
  for (const output of [[], ['json'], ['id'], ['name']]) expect(await show(output, [failed], false)).toBe('');
});

test('a dry run shows what would be sent', async () => {
  const planned: Result = {
    ...started,
    actions: undefined,
    requests: [
      { method: 'POST', path: 'servers/2/actions/poweron' },
      { method: 'PUT', path: 'servers/2', body: { name: 'x\x9b' } },
    ],
  };
  expect(await show([], [planned, failed], true)).toBe(
    [
      'web-2: would send POST servers/2/actions/poweron',
      'web-2: would send PUT servers/2 {"name":"x\\x9b"}',
      'web-3: server not found: web-3',
      '',
    ].join('\n'),
  );
  expect(JSON.parse(await show(['json'], [planned], false))).toEqual({ dry_run: true, requests: planned.requests });
  expect(await show(['csv', 'noheader'], [planned], false)).toBe('web-2,2,planned,\n');
});
