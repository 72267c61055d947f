import { afterEach } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { type Ran, type RunOptions, run, temporaryHome } from '../../helpers/run.ts';

/** A sandbox on a fake clock, and command lines run against it from one home. */
export interface Opened {
  readonly sandbox: Sandbox;
  readonly clock: FakeClock;
  readonly home: string;
  go(line: string, options?: RunOptions): Promise<Ran>;
  /** Runs a line until its request of that number was answered, then no further, as if it had been killed. */
  killAfter(requests: number, line: string): Promise<void>;
  /** The paths of all changes that were asked for. */
  changes(): string[];
  server(name: string): { id: number; status: string; server_type: { name: string }; labels: Record<string, string> };
  snapshots(): { id: number; description: string; protection: { delete: boolean }; labels: Record<string, string> }[];
}

const opened: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of opened.splice(0)) await sandbox.stop();
});

/** Opens a sandbox of so many servers, web-0001 and on, that is stopped after the test. */
export async function open(options: SandboxOptions = {}): Promise<Opened> {
  const clock = fakeClock();
  const sandbox = await startSandbox({ clock, rateLimit: 1_000_000, ...options });
  opened.push(sandbox);
  const home = temporaryHome();
  const go = (line: string, more: RunOptions = {}) =>
    run(sandbox, line, { clock, ...more, env: { HOME: home, ...more.env } });
  return {
    sandbox,
    clock,
    home,
    go,
    async killAfter(requests, line) {
      const before = sandbox.requests.length;
      // The rest of the process hangs for good at a request that is never answered.
      sandbox.fault({ kind: 'hang', skip: requests });
      void go(line).catch(() => {});
      while (sandbox.requests.length < before + requests + 1) await new Promise(setImmediate);
    },
    changes: () =>
      sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    server: name => [...sandbox.state.servers.values()].find(row => row.name === name)!,
    snapshots: () => [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot'),
  };
}
