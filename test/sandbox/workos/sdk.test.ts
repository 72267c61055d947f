import { GenericServerException, OauthException, UnauthorizedException, WorkOS } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { decode, openWorkos } from './open.ts';

/** WorkOS's own client for Node, pointed at a sandbox, with the API key or without. */
async function openSdk({ key }: { key?: string } = {}) {
  const opened = await openWorkos();
  const { url, clientId, apiKey } = opened.workos;
  const { hostname: apiHostname, port } = new URL(url);
  const sdk = new WorkOS({ apiKey: key ?? apiKey, clientId, apiHostname, port: Number(port), https: false });
  return { ...opened, sdk };
}

test('users are created, listed page by page, changed and deleted', async () => {
  const { sdk } = await openSdk();
  const made = await sdk.userManagement.createUser({ email: 'dora@example.com', password: 'a', emailVerified: true });
  expect(made).toMatchObject({ email: 'dora@example.com', emailVerified: true });
  expect((await sdk.userManagement.getUser(made.id)).id).toBe(made.id);
  const page = await sdk.userManagement.listUsers({ limit: 3 });
  expect(page.data.map(({ email }) => email)).toEqual(['dora@example.com', 'cleo@example.com', 'ben@example.com']);
  const rest = await sdk.userManagement.listUsers({ after: page.listMetadata.after });
  expect(rest.data.map(({ email }) => email)).toEqual(['ada@example.com']);
  expect((await sdk.userManagement.listUsers({ email: 'ben@example.com' })).data).toHaveLength(1);
  expect((await sdk.userManagement.updateUser({ userId: made.id, firstName: 'Dora' })).firstName).toBe('Dora');
  await sdk.userManagement.deleteUser(made.id);
  expect((await (await sdk.userManagement.listUsers()).autoPagination()).length).toBe(3);
});

test('organizations, memberships and roles are administered', async () => {
  const { sdk } = await openSdk();
  const { id: organizationId } = await sdk.organizations.createOrganization({ name: 'Foundry' });
  expect((await sdk.organizations.updateOrganization({ organization: organizationId, name: 'Forge' })).name).toBe(
    'Forge',
  );
  const { data: roles } = await sdk.authorization.listEnvironmentRoles();
  expect((await sdk.authorization.listOrganizationRoles(organizationId)).data).toHaveLength(roles.length);
  const { userManagement } = sdk;
  const userId = 'user_sandbox_ada';
  const made = await userManagement.createOrganizationMembership({ userId, organizationId, roleSlug: roles[1]!.slug });
  expect(made).toMatchObject({ organizationName: 'Forge', role: { slug: 'operator' }, status: 'active' });
  expect((await userManagement.listOrganizationMemberships({ organizationId })).data).toEqual([made]);
  const changed = await userManagement.updateOrganizationMembership(made.id, { roleSlug: 'viewer' });
  expect(changed.role).toEqual({ slug: 'viewer' });
  expect((await userManagement.deactivateOrganizationMembership(made.id)).status).toBe('inactive');
  expect((await userManagement.reactivateOrganizationMembership(made.id)).status).toBe('active');
  await userManagement.deleteOrganizationMembership(made.id);
  await sdk.organizations.deleteOrganization(organizationId);
  expect((await sdk.organizations.listOrganizations()).data).toHaveLength(2);
});

test('invitations are sent, listed and revoked', async () => {
  const { sdk } = await openSdk();
  const { userManagement } = sdk;
  const { id } = await userManagement.sendInvitation({ email: 'eve@example.com', organizationId: 'org_sandbox' });
  expect((await userManagement.listInvitations({ email: 'eve@example.com' })).data[0]!.state).toBe('pending');
  expect((await userManagement.revokeInvitation(id)).state).toBe('revoked');
});

test('a password signs in; the session is refreshed, scoped, listed and revoked', async () => {
  const { sdk } = await openSdk();
  const { userManagement } = sdk;
  const password = 'sandbox-password';
  const first = await userManagement.authenticateWithPassword({ email: 'ada@example.com', password });
  const second = await userManagement.authenticateWithRefreshToken({
    refreshToken: first.refreshToken,
    organizationId: 'org_sandbox',
  });
  expect(second.organizationId).toBe('org_sandbox');
  const { sid } = decode(second.accessToken);
  const [session] = (await userManagement.listSessions('user_sandbox_ada')).data;
  expect(session).toMatchObject({ id: sid, status: 'active', authMethod: 'password' });
  await userManagement.revokeSession({ sessionId: sid });
  const again = userManagement.authenticateWithRefreshToken({ refreshToken: second.refreshToken });
  await expect(again).rejects.toThrow(OauthException);
  await expect(again).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
});

test('a user of several organizations is asked for one, and signs in with the choice', async () => {
  const { sdk } = await openSdk();
  const { userManagement } = sdk;
  const asked = await userManagement
    .authenticateWithPassword({ email: 'cleo@example.com', password: 'sandbox-password' })
    .catch((error: unknown) => error);
  expect(asked).toBeInstanceOf(GenericServerException);
  const { rawData } = asked as { rawData: { code: string; pending_authentication_token: string } };
  expect(rawData.code).toBe('organization_selection_required');
  const signedIn = await userManagement.authenticateWithOrganizationSelection({
    pendingAuthenticationToken: rawData.pending_authentication_token,
    organizationId: 'org_workshop',
  });
  expect(signedIn.organizationId).toBe('org_workshop');
});

test('events are read by kind from a cursor on', async () => {
  const { sdk, signIn, workos } = await openSdk();
  const { sid } = decode((await signIn()).access_token);
  workos.revoke(sid);
  const first = await sdk.events.listEvents({ events: ['session.created', 'session.revoked'], limit: 1 });
  expect(first.data.map(({ event }) => event)).toEqual(['session.created']);
  const after = first.listMetadata.after ?? undefined;
  const second = await sdk.events.listEvents({ events: ['session.created', 'session.revoked'], after });
  expect(second.data).toMatchObject([{ event: 'session.revoked', data: { id: sid, status: 'revoked' } }]);
});

test('addresses of the key set and of signing out lead to the sandbox', async () => {
  const { sdk, signIn, workos } = await openSdk();
  const keySet = (await (await fetch(sdk.userManagement.getJwksUrl(workos.clientId))).json()) as { keys: unknown[] };
  expect(keySet.keys).toHaveLength(1);
  const { sid } = decode((await signIn()).access_token);
  const address = sdk.userManagement.getLogoutUrl({ sessionId: sid, returnTo: 'http://127.0.0.1/bye' });
  const { status, headers } = await fetch(address, { redirect: 'manual' });
  expect([status, headers.get('location')]).toEqual([302, 'http://127.0.0.1/bye']);
});

test('a wrong key and a missing user are told as WorkOS tells them', async () => {
  const { sdk } = await openSdk({ key: 'sk_wrong' });
  await expect(sdk.userManagement.getUser('user_sandbox_ada')).rejects.toThrow(UnauthorizedException);
  const { sdk: right } = await openSdk();
  await expect(right.userManagement.getUser('user_x')).rejects.toMatchObject({ status: 404 });
  await expect(right.userManagement.createUser({ email: 'x' })).rejects.toMatchObject({ status: 422 });
});
