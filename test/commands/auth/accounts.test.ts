import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countRefreshes, person } from './open.ts';

const minute = 60_000;

describe('auth status', () => {
  it('tells who, where, as what, until when, where it is kept and what uses it', async () => {
    const { login, cloudctl, sandbox, clock, home } = await person();
    await login('ben@example.com');
    await cloudctl(`context create team --endpoint ${sandbox.url} --account ben@example.com`);
    const { status, out } = await cloudctl('auth status -o json');
    expect(status).toBe(0);
    const shown = JSON.parse(out);
    expect(shown).toMatchObject({
      account: 'ben@example.com',
      active: true,
      state: 'signed in',
      email: 'ben@example.com',
      user_id: 'user_sandbox_ben',
      organization_id: 'org_sandbox',
      role: 'operator',
      contexts: ['team'],
      kept_in: path.join(home, '.config/cloudctl/credentials.json'),
      in_use: 'context team, account ben@example.com',
    });
    expect(shown.permissions).toContain('servers:power');
    expect(Date.parse(shown.expires) - clock.now()).toBeLessThanOrEqual(5 * minute);
    expect(out).not.toMatch(/eyJ|refresh_?token/i);
  });

  it('says that nobody is signed in with 4, and that a token in the environment is used instead', async () => {
    const { login, cloudctl } = await person();
    expect(await cloudctl('auth status')).toMatchObject({ status: 4, err: expect.stringContaining('cloudctl login') });
    await login();
    const { err, out } = await cloudctl('auth status', {
      env: { CLOUDCTL_TOKEN: 'x', CLOUDCTL_ENDPOINT: 'http://127.0.0.1:1' },
    });
    expect(err).toBe('Note: CLOUDCTL_TOKEN is set, so commands use that in place of an account\n');
    expect(out).toContain('CLOUDCTL_TOKEN, a token');
  });

  it('tells of a session that has ended why it has, and ends with 4', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    sandbox.workos.revoke([...sandbox.workos.state.sessions.keys()][0]!);
    expect((await cloudctl('auth refresh')).status).toBe(4);
    const { status, out } = await cloudctl('auth status -o json');
    expect(status).toBe(4);
    expect(JSON.parse(out)).toMatchObject({ state: 'ended', ended: 'Session has already ended', expires: null });
    expect((await cloudctl('auth list -o columns=account,state -o noheader')).out).toMatch(/ada@example.com +ended/);
  });
});

describe('auth token', () => {
  it('prints a token that is good, and a new one when it is about to expire', async () => {
    const { login, cloudctl, sandbox, clock } = await person();
    await login();
    const first = await cloudctl('auth token');
    expect([first.status, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await cloudctl('auth token')).out).toBe(first.out);
    await clock.advance(4 * minute);
    expect((await cloudctl('auth token')).out).not.toBe(first.out);
    expect(countRefreshes(sandbox)).toBe(1);
  });

  it('is asked of an account by its name, nearest names being offered', async () => {
    const { login, cloudctl } = await person();
    await login();
    const { status, err } = await cloudctl('auth token ada@exmaple.com');
    expect([status, err]).toEqual([5, expect.stringContaining('Did you mean ada@example.com?')]);
  });
});

describe('auth refresh', () => {
  it('gives the role as it is now', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    const [membership] = [...sandbox.workos.state.memberships.values()];
    Object.assign(membership!, { role: { slug: 'viewer' }, roles: [{ slug: 'viewer' }] });
    expect((await cloudctl('whoami')).out).toContain('admin');
    expect((await cloudctl('auth refresh')).out).toMatch(/refreshed, good until 2026-/);
    expect((await cloudctl('whoami')).out).toContain('viewer');
  });
});

describe('auth switch', () => {
  it('takes the other one of two, and the one named of more', async () => {
    const { login, cloudctl } = await person();
    await login('ada@example.com');
    await login('ben@example.com');
    expect((await cloudctl('auth switch')).out).toBe('ada@example.com: active\n');
    expect((await cloudctl('auth switch')).out).toBe('ben@example.com: active\n');
    await login('cleo@example.com');
    const { status, err } = await cloudctl('auth switch');
    expect([status, err]).toEqual([2, expect.stringContaining('ada@example.com, ben@example.com')]);
    expect((await cloudctl('auth switch ada@example.com')).status).toBe(0);
    expect((await cloudctl('whoami')).out).toContain('ada@example.com');
    expect((await cloudctl('auth switch nobody')).status).toBe(5);
  });
});

describe('logout', () => {
  const sessionsOf = (sandbox: Awaited<ReturnType<typeof person>>['sandbox']) =>
    [...sandbox.workos.state.sessions.values()].map(({ status }) => status);

  it('ends the session at the server and leaves nothing here', async () => {
    const { login, cloudctl, sandbox, home } = await person();
    await login();
    const { status, out, err } = await cloudctl('logout');
    expect([status, out, err]).toEqual([0, 'ada@example.com: signed out\n', '']);
    expect(sessionsOf(sandbox)).toEqual(['revoked']);
    expect(fs.existsSync(path.join(home, '.config/cloudctl/credentials.json'))).toBe(false);
    expect(await cloudctl('whoami')).toMatchObject({ status: 4 });
    expect(await cloudctl('logout')).toMatchObject({ status: 4 });
  });

  it('forgets it here also where the server cannot be reached, and says so', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    sandbox.workos.fault({ kind: 'status', status: 500, path: '/user_management/sessions' });
    const { status, err } = await cloudctl('logout');
    expect(status).toBe(0);
    expect(err).toContain('forgotten here, but not ended at the server');
    expect(await cloudctl('whoami')).toMatchObject({ status: 4 });
    expect(sessionsOf(sandbox)).toEqual(['active']);
  });

  it('of all accounts, and of one by its name', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login('ada@example.com');
    await login('ben@example.com');
    await login('cleo@example.com', '', 'org_sandbox');
    expect((await cloudctl('logout ben@example.com -o json')).out).toContain('"ended_at_server": true');
    expect(await cloudctl('logout --all ada@example.com')).toMatchObject({ status: 2 });
    expect((await cloudctl('logout --all')).out).toBe('ada@example.com: signed out\ncleo@example.com: signed out\n');
    expect(sessionsOf(sandbox)).toEqual(['revoked', 'revoked', 'revoked']);
  });
});

describe('a context with an account', () => {
  it('signs requests with an access token that is kept fresh by itself', async () => {
    const { login, cloudctl, sandbox, clock } = await person({}, 2);
    await login();
    expect((await cloudctl(`context create team --endpoint ${sandbox.url} --account ada@example.com`)).status).toBe(0);
    expect((await cloudctl('server list -o name')).out).toBe('web-0001\nweb-0002\n');
    await clock.advance(60 * minute);
    expect((await cloudctl('server list -o name')).out).toBe('web-0001\nweb-0002\n');
    expect(countRefreshes(sandbox)).toBe(1);
    expect((await cloudctl('context list -o json')).out).toContain('"credential": "account ada@example.com"');
  });

  it('tries once more with a new token when one is refused that looked good', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    await cloudctl(`context create team --endpoint ${sandbox.url} --account ada@example.com`);
    sandbox.workos.rotateKeys({ keep: false });
    expect(await cloudctl('server poweroff web-0001')).toMatchObject({ status: 0 });
    expect(countRefreshes(sandbox)).toBe(1);
  });

  it('makes one server of a create whose reply was lost: a daemon knows the call again by its key', async () => {
    const { login, cloudctl, sandbox } = await person({}, 0);
    await login();
    await cloudctl(`context create team --endpoint ${sandbox.url} --account ada@example.com`);
    sandbox.fault({ kind: 'lost', method: 'POST', path: '/servers' });
    const line = 'server create --name web --type cx23 --image debian-13 --location fsn1 -o json';
    const { status, out } = await cloudctl(line);
    expect(status).toBe(0);
    expect(JSON.parse(out).server.labels).toEqual({});
    expect((await cloudctl('server list -o name')).out).toBe('web\n');
    const creates = sandbox.requests.filter(({ method, path }) => method === 'POST' && path === '/servers');
    expect(creates).toHaveLength(2);
  });

  it('is told in one sentence when the session has ended, for every command', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    await cloudctl(`context create team --endpoint ${sandbox.url} --account ada@example.com`);
    sandbox.workos.revoke([...sandbox.workos.state.sessions.keys()][0]!);
    for (let run = 0; run < 2; run += 1) {
      const { status, err } = await cloudctl('server list');
      expect([status, err]).toEqual([
        4,
        'cloudctl: the session of ada@example.com has ended (Session has already ended)\nTry: cloudctl login\n',
      ]);
    }
    expect(countRefreshes(sandbox)).toBe(1);
  });

  it('sends its token nowhere but to the address it was made for', async () => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    await cloudctl(`context create team --endpoint ${sandbox.url} --account ada@example.com`);
    const { status, err } = await cloudctl('server list --endpoint http://127.0.0.1:9/v1');
    expect([status, err]).toEqual([2, expect.stringContaining('is not sent to http://127.0.0.1:9')]);
  });

  it.each([
    ['--account ada@example.com', 2, 'Hetzner knows tokens only'],
    ['--endpoint URL --account nobody', 5, 'account not found: nobody'],
    ['--endpoint URL --account ada@example.com --token-stdin', 2, 'exclude each other'],
    ['--endpoint URL --account ada@example.com --require-login', 2, 'an account is a sign-in already'],
  ])('is not made with %s', async (flags, status, sentence) => {
    const { login, cloudctl, sandbox } = await person();
    await login();
    const ran = await cloudctl(`context create team ${flags.replace('URL', sandbox.url)}`);
    expect([ran.status, ran.err]).toEqual([status, expect.stringContaining(sentence)]);
    expect((await cloudctl('context list -o name')).out).toBe('');
  });
});

describe('a context with --require-login', () => {
  const create = async (at: Awaited<ReturnType<typeof person>>) => {
    const { url, token } = at.sandbox;
    return at.cloudctl(`context create prod --endpoint ${url} --token-stdin --require-login`, { stdin: token });
  };

  it('does not use its token while nobody is signed in, not even to read', async () => {
    const at = await person();
    expect((await create(at)).status).toBe(0);
    const { status, err } = await at.cloudctl('server list');
    expect([status, err]).toEqual([
      4,
      'cloudctl: context prod is used by people who have signed in: nobody has signed in here\nTry: cloudctl login\n',
    ]);
    expect(at.sandbox.requests).toEqual([]);
    await at.login();
    expect((await at.cloudctl('server list -o name')).out).toBe('web-0001\n');
    at.sandbox.workos.revoke([...at.sandbox.workos.state.sessions.keys()][0]!);
    await at.clock.advance(10 * minute);
    expect((await at.cloudctl('server list')).err).toContain('has ended');
  });

  it('records who changed what, and shows it', async () => {
    const at = await person();
    await create(at);
    await at.login();
    await at.cloudctl('server poweroff web-0001');
    await at.cloudctl('server delete not-there --yes');
    await at.cloudctl('server list');
    const { status, out } = await at.cloudctl('auth record -o json');
    expect(status).toBe(0);
    const deeds = JSON.parse(out);
    expect(deeds).toHaveLength(1);
    expect(deeds[0]).toMatchObject({
      account: 'ada@example.com',
      user: 'user_sandbox_ada',
      session: expect.stringMatching(/^session_/),
      organization: 'org_sandbox',
      context: 'prod',
      method: 'POST',
      path: expect.stringMatching(/^servers\/\d+\/actions\/poweroff$/),
      result: 'done',
    });
    await at.clock.advance(60 * minute);
    expect((await at.cloudctl('auth record --since 30m -o json')).out.trim()).toBe('[]');
    expect((await at.cloudctl('auth record')).out).toContain('POST servers/');
  });

  it('changes nothing where the record cannot be written', async () => {
    const at = await person();
    await create(at);
    await at.login();
    fs.mkdirSync(path.join(at.home, '.local/state/cloudctl/record.jsonl'), { recursive: true });
    const { status, err } = await at.cloudctl('server poweroff web-0001');
    expect([status, err]).toEqual([2, expect.stringContaining('nothing was changed')]);
    expect((await at.cloudctl('server describe web-0001 -o json')).out).toContain('"status": "running"');
  });

  it('says in its help what it guards against and what not', async () => {
    const { cloudctl } = await person();
    expect((await cloudctl('context create --help')).out).toMatch(
      /guards against mistakes.*does not guard against somebody who holds the token/,
    );
  });
});
