import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../../src/core/api.ts';
import { carryOut, type Done } from '../../../src/core/composite/carry-out.ts';
import { begin } from '../../../src/core/composite/claim.ts';
import type { Owed, Shelf } from '../../../src/core/composite/journal.ts';
import { journalFor } from '../../../src/core/composite/wanted.ts';
import { hetznerApi } from '../../../src/core/hetzner/client.ts';
import type { Item } from '../../../src/core/resource.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { Transport } from '../../../src/core/world.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';

/** When a run is killed: around its request of that number, counted from 0. */
export interface Kill {
  readonly at: number;
  /** `before` it is sent, or `after` it was answered but before the answer came. */
  readonly when: 'before' | 'after';
}

/** A sandbox with one server, and runs of composites on it that can be killed. */
export interface Bench {
  readonly sandbox: Sandbox;
  readonly clock: FakeClock;
  readonly shelf: Shelf;
  readonly told: string[];
  /** The server's row. */
  server(): { id: number; name: string; status: string; server_type: { name: string } };
  snapshots(): { id: number; status: string; labels: Record<string, string> }[];
  journals(): string[];
  api(http?: Transport): Api;
  /** One process; resolves with undefined when it was killed. */
  run(goal: Goal, options?: RunOptions): Promise<Done | undefined>;
  /** How many requests a run took. */
  readonly sent: number;
  close(): Promise<void>;
}

export type Goal = (run: string) => Omit<Owed, 'power'>;
export interface RunOptions {
  readonly kill?: Kill;
  readonly leaveOff?: boolean;
  readonly force?: boolean;
  readonly timeout?: number;
  /** Called with the path of each request before it is sent. */
  readonly http?: (path: string) => void;
}

export const snapshotGoal: Goal = run => ({ image: { run, description: 'nightly' } });
export const resizeGoal: Goal = () => ({ type: { name: 'cx43', upgradeDisk: false } });

/** Opens a bench; the server is web-0001, a running cx33. */
export async function openBench(options: SandboxOptions = {}): Promise<Bench> {
  const clock = fakeClock();
  const sandbox = await startSandbox({ clock, seed: { servers: 1 }, rateLimit: 1_000_000, ...options });
  const http = createTransport({ env: {} });
  const shelf: Shelf = { folder: join(mkdtempSync(join(tmpdir(), 'cloudctl-journal-')), 'journal'), scope: 'test' };
  const told: string[] = [];
  let sent = 0;
  let runs = 0;

  const api = (used: Transport = http) =>
    hetznerApi({
      endpoint: sandbox.url,
      token: sandbox.token,
      http: used,
      clock,
      httpTimeout: 2000,
      userAgent: 'test',
      random: () => 0.5,
    });

  const server = () => [...sandbox.state.servers.values()][0]!;

  async function run(goal: Goal, { kill, leaveOff, force = true, timeout = 60_000, ...options }: RunOptions = {}) {
    let dead: () => void = () => {};
    const death = new Promise<undefined>(resolve => {
      dead = () => resolve(undefined);
    });
    const never = new Promise<never>(() => {});
    let count = 0;
    const mortal: Transport = async request => {
      const turn = count;
      count += 1;
      if (kill && (turn > kill.at || (turn === kill.at && kill.when === 'before'))) {
        dead();
        return never;
      }
      options.http?.(request.url.pathname);
      const answer = await http(request);
      if (kill && turn === kill.at) {
        dead();
        return never;
      }
      return answer;
    };
    const used = api(mortal);
    runs += 1;
    const work = async () => {
      const { server: item } = await used.send<{ server: Item }>('GET', `servers/${server().id}`);
      const wanted = journalFor(item, goal(`run-${runs}`), {
        command: 'cloudctl test',
        now: clock.now(),
        stop: { timeout, force },
        leaveOff,
      });
      const world = { clock, signal: new AbortController().signal };
      const { journal, resumed } = await begin(shelf, world, wanted, { leaveOff });
      return carryOut({ api: used, clock, tell: text => told.push(text) }, shelf, journal, resumed);
    };
    const ended = await Promise.race([work(), death]);
    sent = count;
    return ended;
  }

  return {
    sandbox,
    clock,
    shelf,
    told,
    server,
    api,
    run,
    snapshots: () => [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot'),
    journals: () => {
      try {
        return readdirSync(shelf.folder);
      } catch {
        return [];
      }
    },
    get sent() {
      return sent;
    },
    close: async () => {
      http.close();
      await sandbox.stop();
    },
  };
}
