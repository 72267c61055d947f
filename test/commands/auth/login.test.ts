import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scripted } from '../../helpers/scripted.ts';
import { person } from './open.ts';

const credentialsOf = (home: string) => path.join(home, '.config/cloudctl/credentials.json');

describe('login', () => {
  it('shows code and address on standard error, waits, and says who is signed in', async () => {
    const { cloudctl, sandbox } = await person({ autoApprove: true });
    const { status, out, err } = await cloudctl('login');
    expect([status, out]).toEqual([0, 'ada@example.com: signed in as ada@example.com (org_sandbox, admin)\n']);
    expect(err).toMatch(/^Your code: [A-Z]{4}-[A-Z]{4}\n/);
    expect(err).toContain(`Open ${sandbox.workos.url}/device?user_code=`);
    expect(err).toContain('Waiting for the approval, 5 min at most');
    expect((await cloudctl('whoami')).out).toBe('ada@example.com (org_sandbox, admin)\n');
  });

  it('says once that the tokens are kept as text where there is no keyring', async () => {
    const { cloudctl } = await person({ autoApprove: true });
    expect((await cloudctl('login')).err).toContain('there is no keyring here');
    expect((await cloudctl('login')).err).not.toContain('there is no keyring here');
  });

  it('opens no browser where nobody sits at a terminal', async () => {
    const { cloudctl, home } = await person({ autoApprove: true });
    const seen = path.join(home, 'opened');
    fs.writeFileSync(path.join(home, 'browser'), `#!/bin/sh\necho "$1" >> ${seen}\n`, { mode: 0o755 });
    await cloudctl('login', { env: { BROWSER: path.join(home, 'browser') } });
    expect(fs.existsSync(seen)).toBe(false);
  });

  it('is two steps for scripts: code and address as JSON, and then the wait', async () => {
    const { cloudctl, sandbox, home, clock } = await person();
    const begun = await cloudctl('login --json');
    expect([begun.status, begun.err]).toEqual([0, '']);
    const shown = JSON.parse(begun.out);
    expect(shown).toEqual({
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${sandbox.workos.url}/device`,
      verification_uri_complete: `${sandbox.workos.url}/device?user_code=${shown.user_code}`,
      expires: new Date(clock.now() + 300_000).toISOString(),
      next: `cloudctl login --complete --user-code ${shown.user_code}`,
    });
    expect(fs.statSync(credentialsOf(home)).mode & 0o777).toBe(0o600);
    sandbox.workos.approve(shown.user_code);
    const { status, out, err } = await cloudctl('login --complete -o json');
    expect([status, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ account: 'ada@example.com', role: 'admin', active: true });
    expect((await cloudctl('login --complete')).status).toBe(5);
  });

  it('keeps two sign-ins that are begun at once apart', async () => {
    const { cloudctl, sandbox } = await person();
    const [ada, ben] = await Promise.all([cloudctl('login --json'), cloudctl('login --json')]);
    const [first, second] = [ada, ben].map(({ out }) => JSON.parse(out).user_code) as [string, string];
    sandbox.workos.approve(second, { user: 'ben@example.com' });
    sandbox.workos.approve(first, { user: 'ada@example.com' });
    const ended = await Promise.all([
      cloudctl(`login --complete --user-code ${first}`),
      cloudctl(`login --complete --user-code ${second}`),
    ]);
    expect(ended.map(({ status, err }) => [status, err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect((await cloudctl('auth list -o name')).out.split('\n').sort()).toEqual([
      '',
      'ada@example.com',
      'ben@example.com',
    ]);
  });

  it('ends with 4 and one sentence when the person says no, and when the code expires', async () => {
    const { cloudctl, sandbox } = await person({ deviceCodeLifetime: 60 });
    const { user_code: code } = JSON.parse((await cloudctl('login --json')).out);
    sandbox.workos.deny(code);
    const denied = await cloudctl('login --complete');
    expect([denied.status, denied.err]).toEqual([4, 'cloudctl: the sign-in was denied\nTry: cloudctl login\n']);
    const late = await cloudctl('login');
    expect(late.status).toBe(4);
    expect(late.err).toContain('the code has expired before the sign-in was approved');
  });

  it.each([
    ['login --user-code ABCD-EFGH', 2, '--user-code goes with --complete'],
    ['login --complete', 5, 'no sign-in waits here'],
    ['login --complete --user-code ABCD-EFGH', 5, 'no sign-in waits for code ABCD-EFGH'],
    ['login --client-id client_wrong', 2, 'client id not known'],
  ])('%s ends with %i', async (line, status, sentence) => {
    const { cloudctl } = await person();
    const ran = await cloudctl(line);
    expect(ran.status).toBe(status);
    expect(ran.err).toContain(sentence);
  });

  it('asks for the client id where none is set, and remembers the one of the active account', async () => {
    const { cloudctl, sandbox } = await person({ autoApprove: true });
    const none = { env: { CLOUDCTL_WORKOS_CLIENT_ID: '', CLOUDCTL_WORKOS_ENDPOINT: '' } };
    expect(await cloudctl('login', none)).toMatchObject({ status: 2, err: expect.stringContaining('--client-id') });
    expect((await cloudctl('login')).status).toBe(0);
    expect((await cloudctl('login', none)).status).toBe(0);
    expect(sandbox.workos.requests.filter(({ path }) => path.endsWith('/device'))).toHaveLength(2);
  });

  it('is refused in CI, naming what to set, but for its two steps', async () => {
    const { cloudctl } = await person();
    const { status, err } = await cloudctl('login', { env: { CI: 'true' } });
    expect(status).toBe(4);
    expect(err).toMatch(/CLOUDCTL_TOKEN.*CLOUDCTL_ENDPOINT.*HCLOUD_TOKEN/);
    expect((await cloudctl('login --json', { env: { CI: 'true' } })).status).toBe(0);
  });

  it('asks nobody where the answer could not be kept', async () => {
    const { cloudctl, home, sandbox } = await person({ autoApprove: true });
    fs.writeFileSync(path.join(home, '.config'), 'a file');
    expect(await cloudctl('login')).toMatchObject({ status: 2, err: expect.stringContaining('cannot be') });
    expect(await cloudctl('login', { env: { HOME: '' } })).toMatchObject({ status: 2 });
    expect(sandbox.workos.requests).toEqual([]);
  });

  it('never shows a device code or a token, with --debug neither', async () => {
    const { cloudctl, home, sandbox } = await person();
    const begun = await cloudctl('login --json --debug');
    const { signIns } = JSON.parse(fs.readFileSync(credentialsOf(home), 'utf8'));
    const [{ deviceCode, userCode }] = Object.values(signIns) as [{ deviceCode: string; userCode: string }];
    sandbox.workos.approve(userCode);
    const ended = await cloudctl('login --complete --debug');
    const { accounts } = JSON.parse(fs.readFileSync(credentialsOf(home), 'utf8'));
    const { accessToken, refreshToken } = accounts['ada@example.com'].tokens;
    const refreshed = await cloudctl('auth refresh --debug');
    const shown = [begun, ended, refreshed].map(({ out, err }) => out + err).join('');
    expect(shown).toContain('> POST');
    for (const secret of [deviceCode, accessToken, refreshToken]) expect(shown).not.toContain(secret);
    const after = JSON.parse(fs.readFileSync(credentialsOf(home), 'utf8')).accounts['ada@example.com'].tokens;
    for (const secret of [after.accessToken, after.refreshToken]) expect(shown).not.toContain(secret);
  });

  it('shows what a server says without letting it steer the terminal', async () => {
    const { url } = await scripted([
      {
        request: 'POST /user_management/authorize/device',
        answer: {
          device_code: 'd',
          user_code: 'A\u001b[31mB',
          verification_uri: 'https://x.example/\u001b]0;',
          expires_in: 1,
        },
      },
    ]);
    const { cloudctl } = await person();
    const { status, err } = await cloudctl('login --client-id c', { env: { CLOUDCTL_WORKOS_ENDPOINT: url } });
    expect(status).toBe(4);
    expect(err).not.toContain('\u001b');
  });
});

describe('login of somebody in several organizations', () => {
  const cleo = 'cleo@example.com';

  it('is for the one chosen on the page', async () => {
    const { login, cloudctl } = await person();
    await login(cleo, '', 'org_workshop');
    expect((await cloudctl('whoami -o json')).out).toContain('"organization_id": "org_workshop"');
  });

  it('is for none where nothing was chosen: that is said, and a switch chooses one', async () => {
    const { login, cloudctl } = await person({ organizationSelection: 'none' });
    const { err } = await login(cleo);
    expect(err).toContain('auth switch --org');
    expect((await cloudctl('auth switch --org org_workshop')).status).toBe(0);
    expect(JSON.parse((await cloudctl('auth status -o json')).out)).toMatchObject({
      organization_id: 'org_workshop',
      role: 'operator',
    });
    const wrong = await cloudctl('auth switch --org org_nowhere');
    expect([wrong.status, wrong.err]).toEqual([4, expect.stringContaining('organization does not exist')]);
  });

  it('is for the one that --org names, by an exchange', async () => {
    const { login, cloudctl } = await person({ organizationSelection: 'none' });
    expect((await login(cleo, '--org org_workshop')).err).toBe('');
    expect((await cloudctl('whoami')).out).toBe('cleo@example.com (org_workshop, operator)\n');
  });

  it('can be finished with the one that --org names by id or name, where WorkOS asks the client', async () => {
    for (const org of ['org_workshop', 'Workshop']) {
      const { login, cloudctl } = await person({
        organizationSelection: 'error',
        publicOrganizationSelection: true,
      });
      expect((await login(cleo, `--org ${org}`)).status).toBe(0);
      expect((await cloudctl('whoami')).out).toBe('cleo@example.com (Workshop, operator)\n');
    }
  });

  it('lists them where none was named and nobody can be asked', async () => {
    const { login } = await person({ organizationSelection: 'error' });
    const { status, err } = await login(cleo);
    expect(status).toBe(2);
    expect(err).toContain('org_sandbox (Sandbox), org_workshop (Workshop)');
    expect(await login(cleo, '--org org_nowhere')).toMatchObject({ status: 5 });
  });

  it('says that the page has to ask, where WorkOS lets no public client choose', async () => {
    const { login } = await person({ organizationSelection: 'error' });
    const { status, err } = await login(cleo, '--org org_workshop');
    expect(status).toBe(4);
    expect(err).toContain('has to be chosen on the sign-in page');
  });
});

describe('the name of a new account', () => {
  it('is the one given, unless that is another sign-in', async () => {
    const { login, cloudctl } = await person();
    expect((await login('ada@example.com', '--account work')).out).toContain('work: signed in');
    const { status, err } = await login('ben@example.com', '--account work');
    expect([status, err]).toEqual([6, expect.stringContaining('account work is another sign-in: ada@example.com')]);
    expect((await cloudctl('whoami')).out).toContain('ada@example.com');
  });
});
