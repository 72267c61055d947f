import { describe, expect, test } from 'vitest';
import { deviceGrant, openWorkos, refusalOf } from './open.ts';

describe('the device flow', () => {
  test('a public client gets a code to show, an address to open, and how long and how often to ask', async () => {
    const { begin, workos } = await openWorkos();
    const device = await begin();
    expect(device).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${workos.url}/device`,
      verification_uri_complete: `${workos.url}/device?user_code=${device.user_code}`,
      expires_in: 300,
      interval: 5,
    });
    expect((await begin()).device_code).not.toBe(device.device_code);
  });

  test('a form and JSON are understood alike', async () => {
    const { ask, begin, workos } = await openWorkos();
    const json = (path: string, fields: object) =>
      ask('POST', path, JSON.stringify({ client_id: workos.clientId, ...fields }), {
        'Content-Type': 'application/json',
      });
    const { status, body } = await json('/user_management/authorize/device', {});
    expect([status, Object.keys(body)]).toEqual([200, Object.keys(await begin())]);
    workos.approve(body.user_code);
    const poll = { grant_type: deviceGrant, device_code: body.device_code };
    expect((await json('/user_management/authenticate', poll)).body.user.email).toBe('ada@example.com');
  });

  test('polls wait until somebody approves, and then bring the tokens of who was chosen', async () => {
    const { begin, poll, workos, clock } = await openWorkos();
    const device = await begin();
    expect(refusalOf(await poll(device))).toBe('400 authorization_pending');
    workos.approve(device.user_code.toLowerCase().replace('-', ''), { user: 'BEN@example.com' });
    clock.advance(5000);
    const { status, body } = await poll(device);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { object: 'user', id: 'user_sandbox_ben', email: 'ben@example.com' },
      organization_id: 'org_sandbox',
      authentication_method: 'OAuth',
    });
    expect(body).not.toHaveProperty('expires_in');
  });

  test('who polls faster than the interval is told to slow down, and the interval grows by five seconds', async () => {
    const { begin, poll, clock } = await openWorkos();
    const device = await begin();
    const ask = async (seconds: number) => {
      clock.advance(seconds * 1000);
      return refusalOf(await poll(device));
    };
    expect(await ask(0)).toBe('400 authorization_pending');
    expect(await ask(4.9)).toBe('400 slow_down');
    expect(await ask(9.9)).toBe('400 slow_down');
    expect(await ask(15)).toBe('400 authorization_pending');
  });

  test('a code works once', async () => {
    const { begin, poll, workos } = await openWorkos();
    const device = await begin();
    workos.approve(device.user_code);
    expect((await poll(device)).status).toBe(200);
    expect(refusalOf(await poll(device))).toBe('400 invalid_grant');
    expect(() => workos.approve(device.user_code)).toThrow('used already');
  });

  test('denied, expired and unknown codes end the sign-in, each with its error', async () => {
    const { begin, poll, workos, clock } = await openWorkos();
    const [denied, expired] = [await begin(), await begin()];
    workos.deny(denied.user_code);
    expect(refusalOf(await poll(denied))).toBe('400 access_denied');
    clock.advance(300_000);
    expect(refusalOf(await poll(expired))).toBe('400 expired_token');
    expect(refusalOf(await poll({ device_code: 'x' }))).toBe('400 invalid_grant');
    expect(() => workos.approve(expired.user_code)).toThrow('expired');
    expect(() => workos.deny('AAAA-AAAA')).toThrow('not known');
  });

  test('an unknown client, another grant and a missing field are configuration errors', async () => {
    const { form } = await openWorkos();
    const refuse = async (path: string, fields: Record<string, string>) => refusalOf(await form(path, fields));
    const authenticate = '/user_management/authenticate';
    expect(await refuse('/user_management/authorize/device', { client_id: 'client_x' })).toBe('400 invalid_client');
    expect(await refuse(authenticate, { client_id: 'client_x', grant_type: deviceGrant })).toBe('400 invalid_client');
    expect(await refuse(authenticate, { grant_type: 'magic' })).toBe('400 unsupported_grant_type');
    expect(await refuse(authenticate, {})).toBe('400 invalid_request');
  });

  test('an environment without the device grant says 403 access_denied', async () => {
    const { form, workos } = await openWorkos({ workos: { deviceGrant: false } });
    const answer = await form('/user_management/authorize/device');
    expect(refusalOf(answer)).toBe('403 access_denied');
    workos.settings.deviceGrant = true;
    expect((await form('/user_management/authorize/device')).status).toBe(200);
  });

  test('with auto approve the first poll brings the tokens of the first user', async () => {
    const { begin, poll } = await openWorkos({ workos: { autoApprove: true } });
    expect((await poll(await begin())).body.user.id).toBe('user_sandbox_ada');
  });

  test('lifetime and interval of codes are settings', async () => {
    const { begin } = await openWorkos({ workos: { deviceCodeLifetime: 20, interval: 1 } });
    expect(await begin()).toMatchObject({ expires_in: 20, interval: 1 });
  });

  test('nobody is approved who does not exist, nor into an organization that is not theirs', async () => {
    const { begin, workos } = await openWorkos();
    const { user_code } = await begin();
    expect(() => workos.approve(user_code, { user: 'nobody@example.com' })).toThrow('User not found');
    expect(() => workos.approve(user_code, { organization: 'Nowhere' })).toThrow('does not exist');
    expect(() => workos.approve(user_code, { user: 'ben@example.com', organization: 'Workshop' })).toThrow(
      'no active membership',
    );
  });
});

describe('a user of several organizations', () => {
  const cleo = { user: 'cleo@example.com' };

  test('gets the one that was chosen at the approval, by name or id', async () => {
    const { signIn } = await openWorkos();
    expect((await signIn({ ...cleo, organization: 'Workshop' })).organization_id).toBe('org_workshop');
    expect((await signIn({ ...cleo, organization: 'org_sandbox' })).organization_id).toBe('org_sandbox');
  });

  test('gets none where the environment does not ask', async () => {
    const { signIn } = await openWorkos({ workos: { organizationSelection: 'none' } });
    expect(await signIn(cleo)).not.toHaveProperty('organization_id');
  });

  test('is asked by an error where the environment asks so; finishing needs the secret, unless that is off', async () => {
    const { begin, poll, form, workos } = await openWorkos({ workos: { organizationSelection: 'error' } });
    const device = await begin();
    workos.approve(device.user_code, cleo);
    const answer = await poll(device);
    expect(refusalOf(answer)).toBe('403 organization_selection_required');
    expect(answer.body.organizations).toEqual([
      { id: 'org_sandbox', name: 'Sandbox' },
      { id: 'org_workshop', name: 'Workshop' },
    ]);
    const choose = (more: Record<string, string> = {}) =>
      form('/user_management/authenticate', {
        grant_type: 'urn:workos:oauth:grant-type:organization-selection',
        pending_authentication_token: answer.body.pending_authentication_token,
        organization_id: 'org_workshop',
        ...more,
      });
    expect(refusalOf(await choose())).toBe('400 invalid_client');
    const secret = { client_secret: workos.apiKey };
    expect(refusalOf(await choose({ ...secret, organization_id: 'org_x' }))).toBe('400 organization_not_found');
    workos.settings.publicOrganizationSelection = true;
    expect((await choose()).body.organization_id).toBe('org_workshop');
    expect(refusalOf(await choose(secret))).toBe('400 invalid_pending_authentication_token');
  });
});
