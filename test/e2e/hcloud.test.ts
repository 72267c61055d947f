import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { createValidator } from '../helpers/schema.ts';
import { which } from './binary.ts';
import { pythonPrints, pythonSteps, runSteps } from './hcloud-steps.ts';

const hcloud = which('hcloud');
const validator = createValidator();

describe.skipIf(!hcloud)("Debian's hcloud, pointed at the sandbox", () => {
  const wrong: string[] = [];
  let sandbox: Sandbox;
  beforeAll(async () => {
    const observe = (exchange: Exchange) => void wrong.push(...(validator?.checkResponse(exchange) ?? []));
    sandbox = await startSandbox({ speed: 10, observe });
  });
  afterAll(() => sandbox.stop());

  const run = async (line: string) => {
    const env = { HOME: temporaryHome(), HCLOUD_TOKEN: sandbox.token, HCLOUD_ENDPOINT: sandbox.url };
    const { stdout } = await promisify(execFile)(hcloud!, line.split(' '), { env });
    return stdout;
  };

  it('lists, creates, powers, attaches, snapshots, waits and deletes', async () => {
    await runSteps(run);
    expect(wrong).toEqual([]);
  }, 120_000);

  it("reads the sandbox's errors", async () => {
    await expect(run('server describe nope')).rejects.toThrow('server not found: nope');
    await expect(run('server create --name x --type nope --image debian-13')).rejects.toThrow(/nope/);
  });
});

describe.skipIf(!which('python3'))("Debian's python3-hcloud, pointed at the sandbox", () => {
  it('creates, waits, snapshots, lists and deletes', async () => {
    const sandbox = await startSandbox({ speed: 50 });
    try {
      const env = {
        PATH: process.env.PATH,
        HOME: temporaryHome(),
        HCLOUD_TOKEN: sandbox.token,
        HCLOUD_ENDPOINT: sandbox.url,
      };
      const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', pythonSteps], { env });
      expect(stdout).toBe(pythonPrints);
    } finally {
      await sandbox.stop();
    }
  }, 60_000);
});
