import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFlags } from '../../src/sandbox/flags.ts';
import { sandboxMain } from '../../src/sandbox/main.ts';
import { open } from './open.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A process of which only what the sandbox needs is there. */
function fakeProcess() {
  const signals = new EventEmitter();
  const written = { stdout: '', stderr: '' };
  const writer = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text;
      signals.emit(name);
    },
  });
  return {
    pid: 42,
    exitCode: undefined as number | string | null | undefined,
    stdout: writer('stdout'),
    stderr: writer('stderr'),
    once: (signal: string, run: () => void) => signals.once(signal, run),
    written,
    signals,
    printed: () => new Promise<void>(resolve => signals.once('stdout', () => resolve())),
  };
}

test('it prints one JSON line, keeps it in a file for its user alone, and cleans up on SIGTERM', async () => {
  const process = fakeProcess();
  const file = join(directory, 'state.json');
  const printed = process.printed();
  const ended = sandboxMain(['--seed-servers', '3', '--speed=100', '--state-file', file], process);
  await printed;
  const line = JSON.parse(process.written.stdout);
  expect(line).toMatchObject({ pid: 42, token: expect.stringMatching(/^\w{64}$/) });
  expect(line.workos).toEqual({ url: new URL(line.url).origin, client_id: 'client_sandbox' });
  expect(process.written.stderr).toMatch(/nothing here is real, and nothing costs money/);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(line);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const headers = { Authorization: `Bearer ${line.read_only_token}` };
  const response = await fetch(`${line.url}/servers`, { headers });
  expect(((await response.json()) as { servers: unknown[] }).servers).toHaveLength(3);
  process.signals.emit('SIGTERM');
  await ended;
  await expect(stat(file)).rejects.toThrow('ENOENT');
  await expect(fetch(line.url)).rejects.toThrow();
  expect(process.exitCode).toBeUndefined();
});

test('a port in use is told in a sentence, with status 1', async () => {
  const { sandbox } = await open();
  const process = fakeProcess();
  await sandboxMain(['--port', new URL(sandbox.url).port], process);
  expect(process.exitCode).toBe(1);
  expect(process.written.stderr).toMatch(/^cloudctl-sandbox: port \d+ is in use by another program\n$/);
});

test('a state file that cannot be written is told, with status 1', async () => {
  const process = fakeProcess();
  await sandboxMain(['--state-file', join(directory, 'no', 'such', 'file')], process);
  expect([process.exitCode, process.written.stdout]).toEqual([1, '']);
  expect(process.written.stderr).toContain('cannot write');
});

describe('flags', () => {
  test.each([
    [['--port', 'x'], '--port must be a whole number from 0 to 65535, not x'],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535, not 70000'],
    [['--host', '0.0.0.0'], '--host must be a loopback address such as 127.0.0.1, not 0.0.0.0'],
    [['--speed', '0'], '--speed must be a number above 0, not 0'],
    [['--latency=-1'], '--latency must be a whole number from 0 to 600000, not -1'],
    [['--rate-limit', '0'], '--rate-limit must be a whole number from 1 to 1000000000, not 0'],
    [['--token-lifetime', '0'], '--token-lifetime must be a whole number from 1 to 31536000, not 0'],
    [['--port'], '--port needs a value'],
    [['--colour'], 'unknown flag --colour; see cloudctl-sandbox --help'],
  ])('%j is refused with status 2', async (argv, sentence) => {
    const process = fakeProcess();
    await sandboxMain(argv, process);
    expect(process.written.stderr).toBe(`cloudctl-sandbox: ${sentence}\n`);
    expect(process.exitCode).toBe(2);
  });

  test('all of them are understood, with a space or an equals sign', () => {
    const argv = ['--port=1', '--host', '::1', '--speed', 'Infinity', '--latency=2', '--rate-limit', '9'];
    const more = ['--auto-approve', '--seed-servers', '5', '--token-lifetime=60', '--state-file=f'];
    expect(parseFlags([...argv, ...more])).toEqual({
      options: {
        port: 1,
        host: '::1',
        speed: Number.POSITIVE_INFINITY,
        latency: 2,
        rateLimit: 9,
        seed: { servers: 5 },
        workos: { autoApprove: true, tokenLifetime: 60 },
      },
      stateFile: 'f',
      help: false,
    });
  });

  test('help is printed', async () => {
    const process = fakeProcess();
    await sandboxMain(['--help'], process);
    expect(process.written.stdout).toMatch(/^Usage: cloudctl-sandbox/);
  });
});
