import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chooseRows, orders, sortRows } from '../../src/commands/monitor/choose.ts';
import { drawRows, shortBytes, sparkline } from '../../src/commands/monitor/draw.ts';
import { drawFrame } from '../../src/commands/monitor/frame.ts';
import { figuresOf, type MonitorRow, tracesOf } from '../../src/commands/monitor/row.ts';
import { firstView, press, type View } from '../../src/commands/monitor/view.ts';
import { displayWidth } from '../../src/commands/output/width.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Key } from '../../src/core/world.ts';
import { sampleService } from '../../src/daemon/metrics/service.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { openFleet } from '../daemon/metrics/fake-hetzner.ts';
import { fakeClock } from '../helpers/clock.ts';
import { type RunOptions, run } from '../helpers/run.ts';

const clock = fakeClock();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ clock, seed: { servers: 3 } });
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

const cloudctl = (line: string, options = {}) => run(sandbox, line, { clock: fakeClock(), ...options });
const asked = (what: string) => sandbox.requests.filter(({ path }) => path.includes(what)).length;

const row = (name: string, more: Partial<MonitorRow> = {}): MonitorRow => ({
  id: 1,
  name,
  status: 'running',
  labels: {},
  backups: false,
  cpu: { last: null, recent: [] },
  disk: null,
  in: null,
  out: null,
  lag: null,
  ...more,
});

describe('cloudctl monitor --once', () => {
  it('is a row for each server in a pipe', async () => {
    const { status, out } = await cloudctl('monitor');
    expect(status).toBe(0);
    expect(out).toMatch(/^NAME +STATUS +CPU +DISK +IN +OUT +BACKUPS\nweb-0001 +\w+ +[\d.]+ +[\d.]+ \wiB\/s/);
    expect(out.trimEnd().split('\n')).toHaveLength(4);
    expect(asked('/metrics')).toBe(3);
  });

  it('is data for programs', async () => {
    const rows = JSON.parse((await cloudctl('top -o json --sort cpu')).out) as MonitorRow[];
    expect(rows.map(({ cpu }) => cpu.last)).toEqual(rows.map(({ cpu }) => cpu.last).sort((a, b) => b! - a!));
    expect(rows[0]).toMatchObject({ labels: expect.any(Object), in: expect.any(Number), lag: expect.any(Number) });
    expect((await cloudctl('monitor -o csv')).out).toMatch(/^name,status,cpu,disk,in,out,backups\n/);
  });

  it('is of the servers that are wanted', async () => {
    expect((await cloudctl("monitor --filter 'web-*2' -o name")).out).toBe('web-0002\n');
    expect((await cloudctl('monitor --filter 0003 -o name')).out).toBe('web-0003\n');
    expect((await cloudctl('monitor -l nothing=here -o name')).out).toBe('');
    expect(asked('/metrics')).toBe(2);
  });

  it('refuses what makes no sense', async () => {
    expect((await cloudctl('monitor --sort colour')).status).toBe(2);
    expect((await cloudctl('monitor --interval 10ms')).status).toBe(2);
    expect((await cloudctl('monitor -l (')).status).toBe(2);
  });

  it('draws on a terminal, without taking the screen', async () => {
    const { out } = await cloudctl('monitor --once', { tty: true, columns: 80 });
    expect(out).toMatch(/^NAME +STATUS +LAST HOUR +CPU +DISK\/s +IN\/s +OUT\/s +BACKUPS\n/);
    expect(out).toMatch(/[▁▂▃▄▅▆▇█]{4}/);
    expect(out).not.toContain('\x1b[?1049h');
  });
});

describe('cloudctl monitor', () => {
  const [enter, leave] = ['\x1b[?1049h\x1b[?25l\x1b[?7l', '\x1b[?7h\x1b[?25h\x1b[?1049l'];

  it('draws again and again on a screen of its own, and gives the old one back', async () => {
    const { status, out } = await cloudctl('monitor --timeout 12s', { tty: true });
    expect(status).toBe(0);
    expect(out.startsWith(enter) && out.endsWith(leave)).toBe(true);
    expect(out.split('\x1b[H')).toHaveLength(4);
    expect(out).not.toContain('\x1b[2J');
    expect(out).toContain('3 servers');
    // The list is asked for again after ten seconds, the figures after a minute.
    expect(asked('/metrics')).toBe(3);
  });

  it('gives the screen back after Ctrl-C and after a failure', async () => {
    const stop = new AbortController();
    const own = fakeClock();
    const sleeping = {
      now: own.now,
      async sleep() {
        stop.abort(new Failure('interrupted', 'interrupted'));
        stop.signal.throwIfAborted();
      },
    };
    const ended = await cloudctl('monitor', { tty: true, signal: stop.signal, clock: sleeping });
    expect(ended.status).toBe(130);
    expect(ended.out.endsWith(leave)).toBe(true);
    const failed = await run({ ...sandbox, token: 'x'.repeat(64) }, 'monitor', { tty: true, clock: fakeClock() });
    expect(failed.status).toBe(4);
    expect(failed.out.endsWith(leave)).toBe(true);
  });

  it.each([
    ['q', { name: 'q', text: 'q' }, 0],
    ['Ctrl-C', { name: 'c', ctrl: true }, 130],
  ])('ends by %s, and gives the screen back', async (_, key, status) => {
    let press = (_: Partial<Key>) => {};
    const own = fakeClock();
    const clock = {
      now: own.now,
      async sleep() {
        press(key);
        await new Promise(() => {});
      },
    };
    const keys: RunOptions['keys'] = given => {
      press = given;
    };
    const ended = await cloudctl('monitor', { tty: true, keys, clock });
    expect([ended.status, ended.out.endsWith(leave)]).toEqual([status, true]);
  });

  it('is read from the daemon where one keeps the metrics, and asks Hetzner nothing', async () => {
    const fleet = await openFleet(120);
    await fleet.run(20 * 60_000);
    const service = sampleService({ samples: fleet.samples, servers: fleet.poller.servers, clock: fleet.clock });
    const { app } = await openApi({ clock: fleet.clock, services: { sample: service } });
    const { socket } = await listenOnSocket(app);
    const rows = JSON.parse((await cloudctl(`monitor -o json --daemon unix://${socket}`)).out) as MonitorRow[];
    expect(rows).toHaveLength(120);
    expect(rows.find(({ id }) => id === 7)).toMatchObject({ name: 'web-7', cpu: { last: expect.any(Number) } });
    expect(sandbox.requests).toEqual([]);
  });
});

describe('a key', () => {
  const rows = [row('a', { id: 1 }), row('b', { id: 2 }), row('c', { id: 3 })];
  /** The view after keys: names, or characters. */
  const viewAfter = (...pressed: string[]) =>
    pressed.reduce((view, key) => {
      const text = key === 'space' ? ' ' : key.length === 1 ? key : '';
      return press(view, { name: key.toLowerCase(), text, ctrl: false }, rows).view;
    }, firstView('name'));

  it('filters, with what is typed at once and with what was before after Escape', () => {
    expect(viewAfter('/', 'w', 'q', 'backspace')).toMatchObject({ filter: '', typed: 'w' });
    expect(viewAfter('/', 'w', 's', 'return')).toMatchObject({ filter: 'ws', typed: undefined });
    expect(viewAfter('/', 'w', 'return', '/', 's', 'escape')).toMatchObject({ filter: 'w', typed: undefined });
    expect(viewAfter('/', 'w', 'return', 'escape')).toMatchObject({ filter: '' });
  });

  it('orders by the next column and the one before, all around', () => {
    expect(viewAfter('s').order).toBe('status');
    expect(viewAfter('right', 'right').order).toBe('cpu');
    expect(viewAfter('left').order).toBe('out');
    expect(viewAfter('s', 'S').order).toBe('name');
  });

  it('marks a server, shows more of it and leads back', () => {
    expect(viewAfter('down').marked).toBe(1);
    expect(viewAfter('down', 'down', 'down', 'down', 'down').marked).toBe(3);
    expect(viewAfter('down', 'down', 'up', 'up').marked).toBe(1);
    expect(viewAfter('return')).toMatchObject({ panel: 'server', marked: 1 });
    expect(viewAfter('return', 'escape').panel).toBe('servers');
    expect(viewAfter('?').panel).toBe('keys');
    expect(viewAfter('?', '?').panel).toBe('servers');
  });

  it('pauses and goes on, reads at once, and ends', () => {
    expect(viewAfter('space').isPaused).toBe(true);
    expect(viewAfter('space', 'space').isPaused).toBe(false);
    const does = (name: string, ctrl = false) => press(firstView('name'), { name, text: name, ctrl }, rows).does;
    expect([does('r'), does('q'), does('c', true), does('d', true), does('x')]).toEqual([
      ...['read', 'quit', 'interrupt', 'quit', undefined],
    ]);
  });
});

describe('a frame', () => {
  const known = { from: 'Hetzner', now: 0 } as const;
  const canvas = { columns: 80, height: 24, hasColors: false, hasKeys: true };

  it('fills the screen exactly, whatever is shown on whatever size', () => {
    const view = fc.record({
      order: fc.constantFrom(...orders),
      filter: fc.string(),
      typed: fc.option(fc.string(), { nil: undefined }),
      isPaused: fc.boolean(),
      panel: fc.constantFrom('servers', 'server', 'keys'),
      marked: fc.option(fc.nat(30), { nil: undefined }),
    });
    fc.assert(
      fc.property(view, fc.nat(40), fc.integer({ min: 80, max: 200 }), fc.integer({ min: 6, max: 60 }), (view, count, columns, height) => {
        const rows = Array.from({ length: count }, (_, id) => row(`web-${id}`, { id, labels: { a: 'b' } }));
        const lines = drawFrame({ ...known, rows }, view as View, { ...canvas, columns, height });
        expect(lines).toHaveLength(height);
        for (const line of lines) expect(displayWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
        if (view.panel === 'servers' && view.marked !== undefined && view.marked < count)
          expect(lines.join('\n')).toContain(`\x1b[7mweb-${view.marked} `);
      }), // biome-ignore format: one line
    );
  });

  it('says what cannot be read, and which keys there are', () => {
    const lines = drawFrame({ ...known, rows: [], fault: 'no way' }, firstView('name'), canvas);
    expect(lines.at(-1)).toBe('cannot be read: no way');
    const foot = drawFrame({ ...known, rows: [] }, firstView('name'), canvas).at(-1)!;
    expect(foot).toContain('? keys');
    expect(foot.length).toBeLessThanOrEqual(80);
  });
});

describe('the table', () => {
  it('is never wider than the screen, whatever the names and figures', () => {
    const figure = fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }), { nil: null });
    const any = fc.record({ name: fc.string({ unit: 'grapheme', maxLength: 70 }), status: fc.string(), disk: figure, in: figure, out: figure, alerts: fc.option(fc.nat(9999), { nil: undefined }), recent: fc.array(figure, { maxLength: 40 }) }); // biome-ignore format: one line
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), fc.integer({ min: 80, max: 240 }), (list, columns) => {
        const rows = list.map(({ recent, ...rest }) => row(rest.name, { ...rest, cpu: { last: recent[0] ?? null, recent: recent.map(one => one && one % 100) } })); // biome-ignore format: one line
        for (const line of drawRows(rows, { columns })) {
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\x00-\x1f]/);
        }
      }),
    );
  });

  it('shows alerts where somebody knows of them', () => {
    expect(drawRows([row('a')], { columns: 80 })[0]).not.toContain('ALERTS');
    expect(drawRows([row('a', { alerts: 2 })], { columns: 80 })[1]).toMatch(/ 2$/);
  });

  it('has bars from low to high, and blanks where nothing is known', () => {
    expect(sparkline([0, 50, 100], 3, 100)).toBe('▁▅█');
    expect(sparkline([], 3, 100)).toBe('   ');
    expect([0, 900, 2048, 15_000_000, null].map(shortBytes)).toEqual(['0B', '900B', '2.0K', '14M', '-']);
  });

  it('is in the order that is asked for', () => {
    const rows = [row('b', { in: 1 }), row('a'), row('c', { in: 5 })];
    expect(sortRows(rows, 'name').map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(sortRows(rows, 'in').map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    ['env=prod', true], ['env==prod', true], ['env!=prod', false], ['env', true], ['!env', false], ['!tier', true],
    ['env in (dev, prod)', true], ['env notin (dev,prod)', false], ['tier notin (a)', true], ['env=prod,tier', false],
    ['tier!=x,env in (prod)', true],
  ])('has the servers that %s chooses', (selector, chosen) => {
    expect(chooseRows({ selector })(row('a', { labels: { env: 'prod' } }))).toBe(chosen);
  }); // biome-ignore format: a table

  it('takes no text of Hetzner for a number that is none', () => {
    const metrics = { start: '', end: '', step: 60, time_series: { cpu: { values: [[1, '80'], [2, 'NaN']] as [number, string][] } } }; // biome-ignore format: one line
    const { traces, lag } = tracesOf(metrics, 5000);
    expect(lag).toBe(3000);
    expect(figuresOf(traces, 4).cpu).toEqual({ last: 20, recent: [20, null] });
  });
});
