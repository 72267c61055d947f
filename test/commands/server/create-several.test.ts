import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Json, openStage, type Stage } from './create-support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({ seed: { ssh_keys: 1, volumes: 1 } });
});

afterEach(() => stage.sandbox.stop());

const names = () => [...stage.sandbox.state.servers.values()].map(({ name }) => name).sort();
const several = "--type cx23 --image debian-13 --location fsn1 --name 'web-{n}.example.com' --count 3";

describe('server create --count', () => {
  test('creates the servers at the same time, and answers with an array in their order', async () => {
    const { json, failure } = await stage.create(`${several} -o json`);
    expect(failure).toBeUndefined();
    expect(json.map((row: Json) => [row.target, row.ok, row.server.status])).toEqual([
      ['web-1.example.com', true, 'running'],
      ['web-2.example.com', true, 'running'],
      ['web-3.example.com', true, 'running'],
    ]);
    const posts = stage
      .requests()
      .map((line, index) => (line === 'POST /servers' ? index : -1))
      .filter(index => index >= 0);
    expect(posts[2]! - posts[0]!).toBe(2);
  });

  test('answers with an array for a count of one, too', async () => {
    const { json } = await stage.create('--type cx23 --image debian-13 --name web --count 1 -o json');
    expect(json).toMatchObject([{ target: 'web', ok: true }]);
  });

  test('keeps and lists what was created when others fail, and exits 3', async () => {
    stage.sandbox.fault({
      method: 'POST',
      path: '/servers',
      kind: 'status',
      status: 403,
      code: 'resource_limit_exceeded',
      skip: 2,
    });
    const { json, failure } = await stage.create(`${several} -o json`);
    expect(failure).toMatchObject({ code: 'partial', exit: 3, message: 'create failed for 1 of 3 servers' });
    expect(json.map((row: Json) => row.ok).sort()).toEqual([false, true, true]);
    expect(json.find((row: Json) => !row.ok).error).toMatchObject({ api_code: 'resource_limit_exceeded' });
    expect(names()).toHaveLength(2);
  });

  test('exits with the common code when all failed for one reason', async () => {
    stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'status', status: 422, times: 3 });
    const { failure } = await stage.create(`${several} -o json`);
    expect(failure).toMatchObject({ code: 'refused', exit: 6 });
  });

  test('goes on with the others when one action fails', async () => {
    stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'fail', skip: 1 });
    const { json, failure } = await stage.create(`${several} --enable-backup -o json`);
    expect(failure).toMatchObject({ code: 'partial' });
    const good = json.filter((row: Json) => row.ok);
    expect(good).toHaveLength(2);
    expect(good.every((row: Json) => row.server.backup_window)).toBe(true);
  });

  test('has a row and a password for each server in a table', async () => {
    const { out } = await stage.create(several);
    expect(out.match(/created, \d+\.\d+\.\d+\.\d+; Root password: \S+/g)).toHaveLength(3);
  });

  test('tells passwords on standard error where the output has no place for them', async () => {
    const { out, err } = await stage.create(`${several} -o name`);
    expect(out).toBe('web-1.example.com\nweb-2.example.com\nweb-3.example.com\n');
    expect(err.match(/root password: /g)).toHaveLength(3);
  });

  test('tells the password of a server whose row has a failure in its place', async () => {
    stage.sandbox.fault({ path: '/servers/*/actions/enable_backup', kind: 'status', status: 422 });
    const { out, err } = await stage.create(`${several} --enable-backup`);
    expect(out.match(/Root password: /g)).toHaveLength(2);
    expect(err.match(/web-\d.example.com: root password: \S+/g)).toHaveLength(1);
  });

  test('lists what was started when it is interrupted, and exits 130', async () => {
    const stop = new AbortController();
    const poll = setInterval(() => {
      if (stage.sandbox.state.servers.size > 0) stop.abort();
    }, 0);
    const { out, failure } = await stage.create(`${several} -o json`, { signal: stop.signal });
    clearInterval(poll);
    expect(failure).toMatchObject({ code: 'interrupted', exit: 130 });
    expect(JSON.parse(out)).toHaveLength(3);
  });

  test('ensures each by itself', async () => {
    await stage.create('--type cx23 --image debian-13 --location fsn1 --name web-2.example.com');
    const { json } = await stage.create(`${several} --ensure --label a=b -o json`);
    expect(json.map((row: Json) => row.result)).toEqual(['created', 'changed', 'created']);
    const twelve = several.replace('count 3', 'count 12');
    const all = await stage.create(`${twelve} --ensure --label a=b -o json`);
    expect(all.json.map((row: Json) => row.result).filter((result: string) => result === 'unchanged')).toHaveLength(3);
    expect(names()).toHaveLength(12);
  });

  test('plans each with --dry-run', async () => {
    const { out } = await stage.create(`${several} --dry-run`);
    expect(out.match(/would send POST servers \{/g)).toHaveLength(3);
    expect(names()).toEqual([]);
  });

  test('refuses to give several servers what only one can have', async () => {
    const { failure } = await stage.create(`${several} --volume data-0001`);
    expect(failure).toMatchObject({ code: 'usage', message: '--volume is for one server, and --count asks for 3' });
  });
});
