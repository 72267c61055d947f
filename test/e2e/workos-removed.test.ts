import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openWorkos } from '../sandbox/workos/open.ts';
import { startDaemon, temporaryState } from './daemon.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}

it('somebody who is removed at WorkOS is out of the running daemon within 30 seconds, and its key is in no log', {
  timeout: 90_000,
}, async () => {
  const { workos, administer, signIn, sandbox } = await openWorkos({ clock: { now: Date.now } });
  const keyFile = join(mkdtempSync(join(tmpdir(), 'cloudctl-key-')), 'key');
  writeFileSync(keyFile, workos.apiKey, { mode: 0o600 });
  const port = await freePort();
  const daemon = await startDaemon({
    hetzner: { url: sandbox.url, token: sandbox.token },
    state: temporaryState(),
    env: {
      CLOUDCTLD_LISTEN: `127.0.0.1:${port}`,
      CLOUDCTLD_LOG_LEVEL: 'debug',
      CLOUDCTLD_WORKOS_CLIENT_ID: workos.clientId,
      CLOUDCTLD_WORKOS_ENDPOINT: workos.url,
      CLOUDCTLD_WORKOS_ORGANIZATIONS: 'org_sandbox',
      CLOUDCTLD_WORKOS_API_KEY_FILE: keyFile,
    },
  });
  onTestFinished(() => daemon.kill());
  const { access_token } = await signIn({ user: 'user_sandbox_ben', organization: 'org_sandbox' });
  const bearer = (token: string) => async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return fetch(`http://127.0.0.1:${port}/cloudctl/v1/${path}`, init);
  };
  const ben = bearer(access_token);
  const answer = await ben('GET', 'sessions/current');
  expect([answer.status, await answer.json()]).toMatchObject([200, { current: { name: 'ben@example.com' } }]);
  const made = await daemon.call('POST', '/cloudctl/v1/tokens', {
    name: 'ci',
    user: 'ben@example.com',
    ttl: 3_600_000,
  });
  expect(made.status).toBe(201);
  const script = bearer(made.body.text);
  expect((await script('GET', 'sessions/current')).status).toBe(200);

  const status = async () => (await daemon.call('GET', '/readyz')).body.parts.workos;
  await expect.poll(status, { timeout: 5_000 }).toMatchObject({ state: 'ok', reason: null });
  const membership = [...workos.state.memberships.values()].find(({ user_id }) => user_id === 'user_sandbox_ben');
  await administer('DELETE', `/user_management/organization_memberships/${membership!.id}`);
  await expect.poll(async () => (await ben('GET', 'sessions/current')).status, { timeout: 30_000 }).toBe(401);
  await expect.poll(async () => (await script('GET', 'sessions/current')).status, { timeout: 1_000 }).toBe(401);
  const { body } = await daemon.call('GET', '/cloudctl/v1/audit_entries?per_page=50');
  expect(JSON.stringify(body)).toContain('"workos"');
  expect(await daemon.stop()).toBe(0);
  expect(daemon.log()).toContain('workos is followed');
  expect(daemon.log() + JSON.stringify(body)).not.toContain(workos.apiKey);
});
