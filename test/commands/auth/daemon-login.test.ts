import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kindOfToken } from '../../../src/core/auth/gateway-token.ts';
import { createVerifier } from '../../../src/core/auth/verify/index.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { listenOnPort, openApi } from '../../daemon/api/served.ts';
import { run, temporaryHome } from '../../helpers/run.ts';
import { person } from './open.ts';

const password = 'correct horse battery';

/** A daemon with an operator, and a command line with a home of its own. */
async function desk(role = 'operator') {
  const api = await openApi();
  const url = await listenOnPort(api.app);
  await api.ask('POST', '/cloudctl/v1/users', { email: 'ada@example.com', role, password });
  const home = temporaryHome();
  const cloudctl = (line: string, stdin?: string, more: Record<string, string> = {}) =>
    run(undefined, line, { env: { HOME: home, ...more }, stdin });
  const team = () => cloudctl(`context create team --endpoint ${url}`);
  const signIn = () => cloudctl('login --email ada@example.com --password-file -', `${password}\n`);
  const secrets = () => readFileSync(join(home, '.config/cloudctl/credentials.json'), 'utf8');
  return { ...api, url, home, cloudctl, team, signIn, secrets };
}

describe('signing in to a daemon with a password', () => {
  it('needs its address and nothing else', async () => {
    const { cloudctl, team, signIn, url } = await desk();
    expect(await team()).toMatchObject({ status: 0, err: expect.stringMatching('cloudctl login') });
    expect((await cloudctl('context describe team -o json')).out).toMatch(`${url}/v1`);
    const signedIn = await signIn();
    expect(signedIn).toMatchObject({ status: 0, err: expect.stringMatching(/^(Note: there is no keyring.*\n)?$/) });
    expect(signedIn.out).toMatch(/^team: signed in as ada@example.com until 20/);
    expect(JSON.parse((await cloudctl('session list -o json')).out)).toMatchObject([{ user: 'ada@example.com' }]);
    expect((await cloudctl('schedule list')).status).toBe(0);
    expect(await cloudctl('whoami')).toMatchObject({ status: 0, out: 'ada@example.com (operator)\n' });
    expect(JSON.parse((await cloudctl('whoami -o json')).out)).toMatchObject({ user: 1, owner: 'user-1' });
    expect(await cloudctl('user disable ada@example.com --yes')).toMatchObject({
      status: 4,
      err: expect.stringMatching('the permission user:write, which the role operator'),
    });
  });

  it('ends with logout, at the daemon too', async () => {
    const { cloudctl, team, signIn, ask } = await desk();
    await team();
    await signIn();
    expect(await cloudctl('logout')).toMatchObject({ status: 0, out: 'team: signed out\n' });
    expect((await ask('GET', '/cloudctl/v1/sessions')).body.sessions).toEqual([]);
    expect(await cloudctl('server list')).toMatchObject({ status: 4, err: expect.stringMatching('cloudctl login') });
    expect((await cloudctl('logout')).status).toBe(4);
  });

  it('is forgotten here where the daemon has ended it before', async () => {
    const { cloudctl, team, signIn, ask } = await desk();
    await team();
    await signIn();
    await ask('POST', '/cloudctl/v1/users/1/actions/disable');
    expect(await cloudctl('schedule list')).toMatchObject({ status: 4, err: expect.stringMatching('was revoked') });
    expect(await cloudctl('logout')).toMatchObject({ status: 0, out: 'team: signed out\n' });
  });

  it('says what is wrong, and shows nothing of the password', async () => {
    const { cloudctl, team, logged } = await desk();
    await team();
    const wrong = await cloudctl('login --email ada@example.com --password-file - --debug', 'hunter2 hunter2\n');
    expect(wrong).toMatchObject({
      status: 4,
      err: expect.stringMatching('the e-mail address or the password is wrong'),
    });
    expect(JSON.stringify([wrong, logged])).not.toMatch('hunter2 hunter2');
    expect(await cloudctl('login --email ada@example.com')).toMatchObject({
      status: 2,
      err: expect.stringMatching('--password-file'),
    });
    expect(await cloudctl('login')).toMatchObject({ status: 2, err: expect.stringMatching('--email') });
    for (let count = 0; count < 4; count += 1)
      await cloudctl('login --email ada@example.com --password-file -', 'wrong\n');
    expect(await cloudctl('login --email ada@example.com --password-file -', password)).toMatchObject({
      status: 7,
      err: expect.stringMatching('try again in 15 minutes'),
    });
  });

  it('is refused where there is no such daemon', async () => {
    const { cloudctl } = await desk();
    expect(await cloudctl('login --email ada@example.com --password-file -', password)).toMatchObject({
      status: 2,
      err: expect.stringMatching('no daemon with accounts of its own'),
    });
  });

  it('begins with an invitation, which is not on the command line', async () => {
    const { cloudctl, team, ask } = await desk();
    await team();
    const { body } = await ask('POST', '/cloudctl/v1/users/invite', { email: 'ben@example.com' });
    const file = join(mkdtempSync(join(tmpdir(), 'cloudctl-test-')), 'password');
    writeFileSync(file, `${password}\n`);
    const taken = await cloudctl(`login --invitation --password-file ${file}`, `${body.invitation}\n`);
    expect(taken).toMatchObject({ status: 0, out: expect.stringMatching('signed in as ben@example.com') });
    expect(await cloudctl(`login --invitation --password-file ${file}`, body.invitation)).toMatchObject({ status: 4 });
  });
});

describe('signing in to a daemon that takes WorkOS', () => {
  it('is told by the daemon where, and the context then uses that account', async () => {
    const { cloudctl, sandbox, clock } = await person();
    const { url: endpoint, clientId } = sandbox.workos;
    const http = createTransport({ env: {} });
    const jwksUrl = `${endpoint}/sso/jwks/${clientId}`;
    const issuers = [endpoint, `${endpoint}/user_management/${clientId}`];
    const verifier = createVerifier({ jwksUrl, issuers, clientId, http, clock });
    const api = await openApi({ clock, verifier, workos: { client_id: clientId, endpoint } });
    const url = await listenOnPort(api.app);
    const env = { CLOUDCTL_WORKOS_CLIENT_ID: 'client_of_another', CLOUDCTL_WORKOS_ENDPOINT: 'https://example.com' };
    expect((await cloudctl(`context create team --endpoint ${url}`, { env })).status).toBe(0);
    const begun = JSON.parse((await cloudctl('login --json', { env })).out);
    sandbox.workos.approve(begun.user_code, { user: 'ada@example.com' });
    expect((await cloudctl('login --complete', { env })).status).toBe(0);
    const asked = await cloudctl('token list -o json', { env });
    const [user] = (await api.ask('GET', '/cloudctl/v1/users')).body.users;
    expect(user).toMatchObject({ signs_in: ['workos'], state: 'active' });
    expect(asked.status).toBe(user.role === 'viewer' ? 4 : 0);
    await api.ask('POST', `/cloudctl/v1/users/${user.id}/actions/disable`);
    expect(await cloudctl('token list', { env })).toMatchObject({
      status: 4,
      err: expect.stringMatching('is disabled'),
    });
    http.close();
  });
});

describe('a token for scripts', () => {
  it('stands alone on standard output, and works', async () => {
    const { cloudctl, team, signIn, url } = await desk();
    await team();
    await signIn();
    const made = await cloudctl('token create ci --permission schedule:read');
    expect(made).toMatchObject({ status: 0, err: expect.stringMatching(/^Note: token ci is shown this once/) });
    const text = made.out.trim();
    expect(kindOfToken(text)).toBe('token');
    const list = (what: string) =>
      run(undefined, `${what} list --daemon ${url}`, { env: { HOME: temporaryHome(), CLOUDCTL_DAEMON_TOKEN: text } });
    expect((await list('schedule')).status).toBe(0);
    expect((await list('job')).status).toBe(4);
    const json = JSON.parse((await cloudctl('token create two -o json')).out);
    expect(json).toMatchObject({
      token: { name: 'two', user: 'ada@example.com' },
      text: expect.stringMatching(/^cctlt/),
    });
    expect((await cloudctl('token list -o json')).out).not.toMatch('cctlt');
    expect(await cloudctl('token revoke ci')).toMatchObject({ status: 0 });
    expect((await list('schedule')).status).toBe(4);
  });

  it('comes as the variables that other programs read', async () => {
    const { cloudctl, team, signIn, url } = await desk();
    await team();
    await signIn();
    const { out, status } = await cloudctl('gateway env --ttl 8h');
    expect(status).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^export HCLOUD_ENDPOINT='${url}/v1'\nexport HETZNER_ENDPOINT='${url}/v1'\nexport HCLOUD_TOKEN='cctlt\\w{59}'\n$`,
      ),
    );
    expect((await cloudctl('gateway env --shell fish')).out).toMatch(/^set -gx HCLOUD_ENDPOINT '/);
    expect((await cloudctl('gateway env --shell powershell')).out).toMatch(/^\$env:HCLOUD_ENDPOINT = '/);
    const json = JSON.parse((await cloudctl('gateway env --ttl 1h -o json')).out);
    expect(json).toMatchObject({ HCLOUD_ENDPOINT: `${url}/v1`, HCLOUD_TOKEN: expect.stringMatching(/^cctlt/) });
    expect(await cloudctl('gateway env --project none')).toMatchObject({ status: 6, out: '' });
  });
});
