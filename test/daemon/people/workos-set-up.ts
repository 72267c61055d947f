import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createVerifier } from '../../../src/core/auth/verify/index.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { openAdministration } from '../../../src/daemon/gateway/people/workos-administration.ts';
import { followOnce } from '../../../src/daemon/gateway/people/workos-poll.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { openWorkos } from '../../sandbox/workos/open.ts';
import { openApi } from '../api/served.ts';
import { entering } from './people.ts';

export const organization = 'org_sandbox';
export const ada = 'user_sandbox_ada';
export const ben = 'user_sandbox_ben';

/** The daemon's API with people by WorkOS and an API key of it, beside a stand-in for WorkOS with the same clock. */
export async function openBoth(openStore: () => Promise<Store>, { organizations = [organization] } = {}) {
  const store = await openStore();
  onTestFinished(() => store.close());
  const clock = fakeClock(undefined, { auto: false });
  const sandbox = await openWorkos({ clock: { now: clock.now } });
  const { workos, administer, signIn } = sandbox;
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-workos-'));
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${workos.apiKey}\n`);
  const http = createTransport({ env: {} });
  onTestFinished(async () => {
    await http.close();
    rmSync(folder, { recursive: true });
  });
  const values = {
    'workos-api-key-file': keyFile,
    'workos-client-id': workos.clientId,
    'workos-endpoint': workos.url,
    'workos-organizations': organizations,
  };
  const hidden: string[] = [];
  const administration = openAdministration({
    current: () => ({ values: values as never }),
    env: {},
    http,
    hide: text => void hidden.push(text),
  });
  const verifier = createVerifier({
    jwksUrl: `${workos.url}/sso/jwks/${workos.clientId}`,
    issuers: [`${workos.url}/user_management/${workos.clientId}`],
    clientId: workos.clientId,
    organizations,
    http,
    clock,
  });
  const api = await openApi({ store, clock, verifier, tools: { workos: administration } as never });
  const root = (method: string, path: string, body?: unknown) => api.ask(method, `/cloudctl/v1/${path}`, body);
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    api.ask(method, `/cloudctl/v1/${path}`, body, { authorization: `Bearer ${token}` }, 'tcp');
  const log = api.tools.log;
  /** One turn of the daemon that follows WorkOS. */
  const follow = (me = 'one') => followOnce({ store, audit: api.audit, clock, log }, administration, me);
  /** Signs somebody in at WorkOS; asks as them. */
  const enter = async (user: string) => {
    const answer = await signIn({ user, organization });
    return { ...answer, ask: as(answer.access_token) };
  };
  const member = (user: string) =>
    [...workos.state.memberships.values()].find(
      ({ user_id, organization_id }) => user_id === user && organization_id === organization,
    )!;
  const memberships = '/user_management/organization_memberships';
  const users = async () => store.db.selectFrom('users').selectAll().orderBy('id').execute();
  const whoami = async (ask: ReturnType<typeof as>) => {
    const { status, body } = await ask('GET', 'sessions/current');
    return status === 200 ? body.current : `${status} ${body.error.message}`;
  };
  return {
    ...{ ...api, store, clock, workos, administer, administration, keyFile, hidden, root, as, log, follow, enter },
    ...{ member, memberships, users, whoami, ...entering(store, clock.now) },
  };
}
