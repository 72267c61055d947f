import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type OpenedWorkos, openWorkos, refusalOf } from './open.ts';

/** Values of the inputs and the choices of the selects of a page, by name. */
function read(page: string): { inputs: Record<string, string>; choices: Record<string, string[]> } {
  const inputs = [...page.matchAll(/<input[^>]* name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  const selects = [...page.matchAll(/<select[^>]* name="(\w+)">(.*?)<\/select>/g)].map(([, name, options]) => [
    name,
    [...options!.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value),
  ]);
  return { inputs: Object.fromEntries(inputs), choices: Object.fromEntries(selects) };
}

/** The page of a new sign-in, and ways to press its buttons. */
async function openPage(options: Parameters<typeof openWorkos>[0] = {}) {
  const opened = await openWorkos(options);
  const device = await opened.begin();
  const shown = await opened.ask('GET', `/device?user_code=${device.user_code}`);
  const { inputs, choices } = read(shown.body);
  const press = (answer: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    post(opened, { ...inputs, user: 'user_sandbox_ada', organization: 'org_sandbox', answer, ...fields }, headers);
  return { ...opened, device, shown, choices, press };
}

function post({ ask }: OpenedWorkos, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return ask('POST', '/device', new URLSearchParams(fields).toString(), {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...headers,
  });
}

describe('the page for people', () => {
  test('asks for the code, and then shows it with who may sign in and into what', async () => {
    const { ask, shown, device, choices } = await openPage();
    expect((await ask('GET', '/device')).body).toContain('id="user_code"');
    expect(shown.status).toBe(200);
    expect(shown.body).toContain(`<p class="code">${device.user_code}</p>`);
    for (const id of ['approve', 'deny', 'user', 'organization', 'user_code'])
      expect(shown.body).toContain(`id="${id}"`);
    expect(choices).toEqual({
      user: ['user_sandbox_ada', 'user_sandbox_ben', 'user_sandbox_cleo'],
      organization: ['org_sandbox'],
    });
  });

  test('says that it is the sandbox, and lets nothing in from elsewhere', async () => {
    const { shown } = await openPage();
    expect(shown.body).toContain('This is the sandbox on your own machine');
    const policy = shown.headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^' ]+'; form-action 'self'; frame-ancestors 'none'/,
    );
    expect(shown.body).not.toMatch(/<script|<link|<img|\son\w+=|\sstyle=|https?:/);
  });

  test('approves as the user, in the organization, that were chosen', async () => {
    const { press, poll, device } = await openPage();
    const fields = { user: 'user_sandbox_cleo', organization: 'org_workshop' };
    expect((await press('approve', fields)).body).toContain('You are Cleo Example in Workshop.');
    expect((await poll(device)).body).toMatchObject({
      user: { id: 'user_sandbox_cleo' },
      organization_id: 'org_workshop',
    });
  });

  test('shows the organizations of another user once that one is chosen', async () => {
    const { press } = await openPage();
    const { status, body } = await press('choose', { user: 'user_sandbox_cleo' });
    expect(status).toBe(200);
    expect(read(body).choices.organization).toEqual(['org_sandbox', 'org_workshop']);
    expect(body).toContain('<option value="user_sandbox_cleo" selected>');
  });

  test('asks again where the organization is not one of the user, and nobody is signed in', async () => {
    const { press, poll, device } = await openPage();
    const { status, body } = await press('approve', { user: 'user_sandbox_ben', organization: 'org_workshop' });
    expect([status, body]).toEqual([422, expect.stringContaining('Choose an organization of Ben Example')]);
    expect(refusalOf(await poll(device))).toBe('400 authorization_pending');
  });

  test('does not ask for an organization where the environment does not', async () => {
    const { choices, press, poll, device } = await openPage({ workos: { organizationSelection: 'none' } });
    expect(choices).not.toHaveProperty('organization');
    await press('approve', { user: 'user_sandbox_cleo' });
    expect((await poll(device)).body).not.toHaveProperty('organization_id');
  });

  test('denies', async () => {
    const { press, poll, device } = await openPage();
    expect((await press('deny')).body).toContain('Nobody was signed in');
    expect(refusalOf(await poll(device))).toBe('400 access_denied');
  });

  test('tells a person of a code that is unknown, used or too old, and of a user who is gone', async () => {
    const { ask, press, device, clock, administer } = await openPage();
    const show = async (code: string) => (await ask('GET', `/device?user_code=${code}`)).body;
    expect(await show('AAAA-AAAA')).toContain('This code is not known.');
    await administer('DELETE', '/user_management/users/user_sandbox_ben');
    expect((await press('approve', { user: 'user_sandbox_ben' })).status).toBe(404);
    await press('deny');
    expect(await show(device.user_code)).toContain('This code was used already.');
    expect((await press('approve')).body).toContain('This code was used already.');
    clock.advance(300_000);
    expect(await show(device.user_code)).toContain('This code was used already.');
  });

  test('shows names as text, whatever is in them', async () => {
    const { ask, device, administer } = await openPage();
    await administer('POST', '/user_management/users', { email: '"><img@example.com' });
    expect((await ask('GET', `/device?user_code=${device.user_code}`)).body).toContain(
      '&#34;&#62;&#60;img@example.com',
    );
  });
});

describe('an answer that is not from the page', () => {
  test.each([
    ['of another site', { Origin: 'https://example.com' }],
    ['of another program on this machine', { Origin: 'http://127.0.0.1:1' }],
    ['without a known origin', { Origin: 'null' }],
    ['that the browser calls cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['that the browser calls same-site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('%s is refused', async (_, headers) => {
    const { press, poll, device } = await openPage();
    expect((await press('approve', {}, headers)).status).toBe(403);
    expect(refusalOf(await poll(device))).toBe('400 authorization_pending');
  });

  test('for a name that was bent to this machine is refused, though it has the form token', async () => {
    const { workos, device, poll, shown } = await openPage();
    const headers = {
      Host: 'evil.example',
      Origin: 'http://evil.example',
      'Content-Type': 'application/x-www-form-urlencoded',
    };
    const form = new URLSearchParams({ ...read(shown.body).inputs, answer: 'deny' });
    const status = await new Promise(resolve => {
      request(`${workos.url}/device`, { method: 'POST', headers }, response => {
        response.resume();
        resolve(response.statusCode);
      }).end(form.toString());
    });
    expect(status).toBe(403);
    expect(refusalOf(await poll(device))).toBe('400 authorization_pending');
  });

  test('with a wrong or no form token is refused; one that the browser sends for the page is taken', async () => {
    const { press, workos } = await openPage();
    expect((await press('approve', { form_token: 'x' })).status).toBe(403);
    expect((await press('approve', { form_token: '' })).status).toBe(403);
    const headers = { Origin: workos.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await press('approve', {}, headers)).status).toBe(200);
  });

  test('to the control endpoints is refused too', async () => {
    const { ask, device, poll } = await openPage();
    const body = JSON.stringify({ user_code: device.user_code });
    const answer = await ask('POST', '/_sandbox/workos/approve', body, { Origin: 'https://example.com' });
    expect(answer.status).toBe(403);
    expect(refusalOf(await poll(device))).toBe('400 authorization_pending');
  });
});
