import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthHome, authHome, type SignInSandbox, startSignInSandbox } from './auth-home.ts';
import { which } from './binary.ts';
import { openTerminal, type Terminal } from './tmux.ts';

const missing = ['tmux', 'chromium'].filter(name => !which(name));
if (missing.length > 0)
  console.warn(`no ${missing.join(' and no ')}: login is not tried on a terminal and in a browser`);

const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

describe.skipIf(missing.length > 0)('cloudctl login on a terminal, answered in a browser', () => {
  let sandbox: SignInSandbox;
  let browser: Browser;
  let page: Page;
  let home: AuthHome;
  let terminal: Terminal | undefined;

  beforeAll(async () => {
    sandbox = await startSignInSandbox({ seed: { servers: 2 } });
    const args = [...flags, '--disable-component-update', '--disable-sync', '--no-sandbox'];
    browser = await chromium.launch({ executablePath: which('chromium'), args });
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
  });
  beforeEach(async () => {
    sandbox.reset();
    home = authHome(sandbox);
    page = await browser.newPage();
  });
  afterEach(async () => {
    terminal?.close();
    terminal = undefined;
    await page.close();
  });

  /** Starts `login`, with a browser that only writes down what it is to open. */
  function login(env: Readonly<Record<string, string>> = {}): Terminal {
    const recorder = join(home.path, 'browser');
    writeFileSync(recorder, `#!/bin/sh\nprintf '%s\\n' "$1" >'${join(home.path, 'opened')}'\n`, { mode: 0o700 });
    terminal = openTerminal(['login'], { ...home.env, BROWSER: recorder, ...env });
    return terminal;
  }

  /** The code and the address that a person reads off the terminal. */
  async function readCode(shown: Terminal): Promise<{ code: string; address: string }> {
    const screen = await shown.shows('Waiting for the approval');
    const code = /^Your code: (\S+)$/m.exec(screen)?.[1] ?? '';
    const address = /^Open (\S+) and approve there if it shows this code\.$/m.exec(screen)?.[1] ?? '';
    expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    return { code, address };
  }

  /** Opens the page that the terminal names, and compares the code. */
  async function openPage(shown: Terminal): Promise<void> {
    const { code, address } = await readCode(shown);
    await page.goto(address);
    expect(await page.textContent('.code')).toBe(code);
  }

  /** All files of the user, but the recording browser. */
  const files = () =>
    readdirSync(home.path, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name !== 'browser')
      .map(entry => join(entry.parentPath, entry.name));
  const opened = () => existsSync(join(home.path, 'opened'));

  it('shows code and address, and once that is approved says who is signed in; a context then uses the account', async () => {
    const shown = login();
    await openPage(shown);
    await page.selectOption('#user', { label: 'ben@example.com' });
    await page.click('#choose');
    await page.click('#approve');
    expect(await page.textContent('h1')).toBe('Signed in');
    const { status, screen } = await shown.ends();
    expect(status).toBe(0);
    expect(screen).toContain('signed in as ben@example.com (org_sandbox, operator)');
    expect(screen).not.toContain('Waiting for the approval');

    const create = `context create team --endpoint ${sandbox.url} --account ben@example.com`;
    expect(await home.cloudctl(create)).toMatchObject({ status: 0 });
    expect(await home.cloudctl('server list -o name')).toEqual({
      status: 0,
      signal: null,
      out: 'web-0001\nweb-0002\n',
      err: '',
    });
  });

  it('signs somebody of two organizations in to the one that was chosen on the page', async () => {
    const shown = login();
    await openPage(shown);
    await page.selectOption('#user', { label: 'cleo@example.com' });
    await page.click('#choose');
    await page.selectOption('#organization', { label: 'Workshop (operator)' });
    await page.click('#approve');
    const { status, screen } = await shown.ends();
    expect(status).toBe(0);
    const workshop = [...sandbox.workos.state.organizations.values()].find(({ name }) => name === 'Workshop')!;
    expect(screen).toContain(`signed in as cleo@example.com (${workshop.id}, operator)`);
    const seen = await home.cloudctl('auth status -o json');
    expect(JSON.parse(seen.out)).toMatchObject({ organization_id: workshop.id, role: 'operator' });
  });

  it('says that the sign-in was denied, and ends with 4', async () => {
    const shown = login();
    await openPage(shown);
    await page.click('#deny');
    const { status, screen } = await shown.ends();
    expect(status).toBe(4);
    expect(screen).toContain('cloudctl: the sign-in was denied\nTry: cloudctl login');
    expect(files()).toEqual([]);
  });

  it('says that the code has expired, and ends with 4; the page does not take it any more', async () => {
    sandbox.workos.settings.deviceCodeLifetime = 2;
    const shown = login();
    const { address } = await readCode(shown);
    const { status, screen } = await shown.ends();
    expect(status).toBe(4);
    expect(screen).toContain('cloudctl: the code has expired before the sign-in was approved\nTry: cloudctl login');
    expect(files()).toEqual([]);
    sandbox.ahead += 2_000;
    await page.goto(address);
    expect(await page.locator('#approve').count()).toBe(0);
  });

  it('ends with 130 at Ctrl-C, leaves nothing behind, and a later approval signs nobody in', async () => {
    const shown = login();
    await openPage(shown);
    // The library that draws the spinner listens for Ctrl-C too.
    await shown.shows('Waiting for the approval');
    shown.press('C-c');
    const { status, screen } = await shown.ends();
    expect([status, screen]).toEqual([130, expect.stringContaining('cloudctl: interrupted')]);
    expect(files()).toEqual([]);
    await page.click('#approve');
    const listed = await home.cloudctl('auth list -o json');
    expect([listed.status, JSON.parse(listed.out)]).toEqual([0, []]);
    const none = await home.cloudctl('login --complete');
    expect(none).toMatchObject({ status: 5, err: expect.stringContaining('no sign-in') });
  });

  it('opens no browser for an address that is not https, and says why', async () => {
    const shown = login();
    await openPage(shown);
    await shown.shows('It is not opened by itself: its address is not https.');
    await page.click('#approve');
    expect((await shown.ends()).status).toBe(0);
    expect(opened()).toBe(false);
  });

  it('opens the browser for a page of WorkOS', async () => {
    const address = 'https://example.authkit.app/device?user_code=BCDF-GHJK';
    const begun = {
      device_code: 'd',
      user_code: 'BCDF-GHJK',
      verification_uri: address,
      expires_in: 60,
      interval: 0.05,
    };
    // Ends the sign-in only once the page has been opened, since the browser is not waited for.
    const server = createServer(({ url }, response) => {
      const isBeginning = url === '/user_management/authorize/device';
      const error = opened() ? 'access_denied' : 'authorization_pending';
      response.writeHead(isBeginning ? 200 : 400, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(isBeginning ? begun : { error }));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const shown = login({ CLOUDCTL_WORKOS_ENDPOINT: `http://127.0.0.1:${port}` });
      await shown.shows('It is being opened in your browser.');
      expect((await shown.ends()).status).toBe(4);
      expect(readFileSync(join(home.path, 'opened'), 'utf8')).toBe(`${address}\n`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
