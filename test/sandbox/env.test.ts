import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, temporaryHome } from '../helpers/run.ts';
import { open } from './open.ts';

/** A home whose state file names a sandbox that runs in this process. */
async function openHome(change: object = {}) {
  const { sandbox } = await open();
  const HOME = temporaryHome();
  const { url, token, readOnlyToken: read_only_token } = sandbox;
  const workos = { url: sandbox.workos.url, client_id: sandbox.workos.clientId };
  mkdirSync(join(HOME, '.local/state/cloudctl'), { recursive: true });
  const state = { url, token, read_only_token, pid: process.pid, workos, ...change };
  writeFileSync(join(HOME, '.local/state/cloudctl/sandbox.json'), JSON.stringify(state));
  return { sandbox, env: { HOME } };
}

test('the shell is pointed at both sides of the sandbox', async () => {
  const { sandbox, env } = await openHome();
  const { status, out } = await run(undefined, 'sandbox env', { env });
  expect(status).toBe(0);
  expect(out).toBe(
    [
      `export CLOUDCTL_ENDPOINT='${sandbox.url}'`,
      `export CLOUDCTL_TOKEN='${sandbox.token}'`,
      `export HCLOUD_ENDPOINT='${sandbox.url}'`,
      `export HCLOUD_TOKEN='${sandbox.token}'`,
      `export CLOUDCTL_WORKOS_ENDPOINT='${sandbox.workos.url}'`,
      "export CLOUDCTL_WORKOS_CLIENT_ID='client_sandbox'\n",
    ].join('\n'),
  );
});

test('for signing in it has no token, and forgets one that was set', async () => {
  const { sandbox, env } = await openHome();
  const { out } = await run(undefined, 'sandbox env --login', { env });
  expect(out).not.toContain(sandbox.token);
  expect(out).toMatch(
    /^export CLOUDCTL_ENDPOINT=.*\nunset CLOUDCTL_TOKEN\nunset HCLOUD_ENDPOINT\nunset HCLOUD_TOKEN\n/,
  );
  const fish = await run(undefined, 'sandbox env --login --shell fish', { env });
  expect(fish.out).toContain('set -e CLOUDCTL_TOKEN\n');
  expect(fish.out).toContain(`set -gx CLOUDCTL_WORKOS_ENDPOINT '${sandbox.workos.url}'\n`);
});

test('the status shows where people sign in', async () => {
  const { sandbox, env } = await openHome();
  const { out } = await run(undefined, 'sandbox status -o json', { env });
  expect(JSON.parse(out).workos).toEqual({ url: sandbox.workos.url, client_id: 'client_sandbox' });
});

test('a state file of a sandbox without the WorkOS side is told, not used', async () => {
  const { env } = await openHome({ workos: undefined });
  const { status, err } = await run(undefined, 'sandbox env', { env });
  expect([status, err]).toEqual([2, expect.stringContaining('does not describe a sandbox')]);
});
