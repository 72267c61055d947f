import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { which } from './binary.ts';
import { openTerminal, type Terminal } from './tmux.ts';

const hasTmux = which('tmux') !== undefined;
if (!hasTmux) console.warn('no tmux: monitor is not tried on a terminal');

describe.skipIf(!hasTmux)('cloudctl monitor on a terminal', () => {
  let sandbox: Sandbox;
  let terminal: Terminal | undefined;
  beforeAll(async () => {
    sandbox = await startSandbox({ rateLimit: 1e9, seed: { servers: 30 } });
  });
  afterAll(() => sandbox.stop());
  afterEach(() => {
    terminal?.close();
    terminal = undefined;
    sandbox.reset();
  });

  async function open(size = { columns: 80, rows: 24 }): Promise<Terminal> {
    const env = { CLOUDCTL_ENDPOINT: sandbox.url, CLOUDCTL_TOKEN: sandbox.token, TERM: 'screen-256color' };
    terminal = openTerminal(['monitor', '--interval', '1s'], env, size);
    await terminal.shows('30 servers');
    return terminal;
  }
  const names = (screen: string) => [...screen.matchAll(/^(web-\d+) /gm)].map(([, name]) => name);

  /** The terminal as it was before: its own screen, a cursor, and letters that are shown as they are typed. */
  async function expectRestored(shown: Terminal): Promise<void> {
    expect(shown.state()).toEqual({ isOwnScreen: false, hasCursor: true });
    shown.press('typed');
    await shown.shows('typed');
  }

  it('obeys its keys: filter, order, mark, more of one, pause, all keys, and the end', async () => {
    const shown = await open();
    expect(shown.state()).toEqual({ isOwnScreen: true, hasCursor: false });
    shown.press('/', '0', '0', '1');
    await shown.becomes('the ten that have it in their names', screen =>
      names(screen).every(name => name!.includes('001')),
    );
    shown.press('Enter');
    await shown.shows('filter 001');
    shown.press('Escape');
    await shown.becomes('all again', screen => names(screen).length > 15);
    shown.press('s');
    await shown.shows('sorted by status');
    shown.press('Left', 'Left');
    await shown.shows('sorted by out');
    shown.press('Right');
    const [, second] = names(await shown.shows('sorted by name'));
    shown.press('Down', 'Down', 'Enter');
    const details = await shown.shows('CPU of the last hour');
    expect(details).toContain(`server    ${second} (`);
    expect(details).toContain(`cloudctl server metrics ${second}`);
    shown.press('Escape');
    await shown.becomes('all servers', screen => names(screen).length > 15);
    shown.press('?');
    await shown.shows('pause, or go on');
    shown.press('?', 'Space');
    await shown.shows('paused');
    shown.press('Space');
    await shown.becomes('that it goes on', screen => !screen.includes('paused'));
    shown.press('q');
    expect((await shown.ends()).status).toBe(0);
    await expectRestored(shown);
  });

  it('fits the terminal as it is made smaller and larger, without a line too long', async () => {
    const shown = await open();
    const foot = (rows: number) => (screen: string) => screen.split('\n')[rows - 1]?.startsWith('q quit') ?? false;
    await shown.becomes('its keys in the last line', foot(24));
    shown.resize(60, 12);
    const small = await shown.becomes('its keys in the last line', foot(12));
    expect(names(small).length).toBeGreaterThan(4);
    shown.resize(120, 40);
    const large = await shown.becomes('its keys in the last line', foot(40));
    expect(names(large)).toHaveLength(30);
    expect(large.split('\n').filter(line => line.startsWith('NAME'))).toHaveLength(1);
  });

  it('gives the terminal back after Ctrl-C, a signal and an error', async () => {
    const stopped = await open();
    stopped.press('C-c');
    expect((await stopped.ends()).status).toBe(130);
    await expectRestored(stopped);
    stopped.close();
    const killed = await open();
    process.kill(killed.pid(), 'SIGTERM');
    expect((await killed.ends()).status).toBe(130);
    await expectRestored(killed);
    killed.close();
    const failed = await open();
    sandbox.fault({ method: 'GET', path: '/servers', kind: 'status', status: 401, times: 100 });
    expect((await failed.ends()).status).toBe(4);
    await expectRestored(failed);
  });
});
