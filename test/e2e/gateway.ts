import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { type BinaryOptions, runBinary } from './binary.ts';
import { type RunningDaemon, startDaemon, temporaryState } from './daemon.ts';

/** A sandbox, and the built daemon before it at an address. */
export interface Gateway {
  readonly sandbox: Sandbox;
  readonly daemon: RunningDaemon;
  /** Such as `http://127.0.0.1:40123/v1`; another one after a restart. */
  readonly url: string;
  /** `XDG_RUNTIME_DIR` of a user whose daemon it is. */
  readonly runtime: string;
  /** Starts the daemon again, on the same store, when it has gone. */
  restart(): Promise<void>;
  /** Runs cloudctl as the administrator at the socket, with the daemon's own resources and Hetzner's; what it prints. */
  admin(line: string, options?: BinaryOptions): Promise<string>;
  /** A user of that role, made by `user create`, and a token of the user's, made by `token create` with those flags. */
  token(email: string, role: string, flags?: string): Promise<string>;
}

/** Starts both for one test; `env` goes to the daemon. */
export async function startGateway(
  options: SandboxOptions = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.stop());
  const runtime = temporaryState();
  const state = join(runtime, 'cloudctl');
  mkdirSync(state, { mode: 0o700 });
  const start = () => startDaemon({ hetzner: sandbox, state, env: { CLOUDCTLD_LISTEN: '127.0.0.1:0', ...env } });
  let daemon = await start();
  onTestFinished(() => daemon.kill());

  async function admin(line: string, more: BinaryOptions = {}) {
    const access = { CLOUDCTL_DAEMON: `unix://${daemon.socket}`, CLOUDCTL_YES: '1' };
    const { status, out, err } = await runBinary(undefined, line.split(' '), {
      ...more,
      env: { ...access, ...more.env },
    });
    if (status !== 0) throw new Error(`cloudctl ${line} ended with ${status}: ${err}`);
    return out;
  }

  return {
    ...{ sandbox, admin, runtime },
    get daemon() {
      return daemon;
    },
    get url() {
      return `${addressOf(daemon)}/v1`;
    },
    async restart() {
      await daemon.kill();
      daemon = await start();
    },
    async token(email, role, flags = '') {
      const users = JSON.parse(await admin('user list -o json')) as { readonly email: string }[];
      if (!users.some(user => user.email === email)) {
        await admin(`user create ${email} --role ${role} --password-file -`, { stdin: 'correct horse battery' });
      }
      const name = `${email.split('@')[0]}-${users.length}`;
      return (await admin(`token create ${name} --user ${email} ${flags}`.trim())).trim();
    },
  };
}

function addressOf(daemon: RunningDaemon): string {
  const ready = daemon
    .log()
    .split('\n')
    .find(line => line.includes('"msg":"ready"'));
  return (JSON.parse(ready!) as { readonly listen: string }).listen;
}
