import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tokens } from '../../src/core/auth/account.ts';
import { type Sandbox, type SandboxOptions, startSandbox, type Workos } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { type BinaryOptions, type Ended, runBinary } from './binary.ts';

/** A sandbox whose sign-ins take no time, at the end of any rate limit, and whose clock can be set forward. */
export interface SignInSandbox extends Sandbox {
  /** Milliseconds that its clock is ahead of this machine's. */
  ahead: number;
}

/** Starts one; polls of a sign-in may come 20 times a second. */
export async function startSignInSandbox(options: SandboxOptions = {}): Promise<SignInSandbox> {
  const time = { ahead: 0 };
  const sandbox = await startSandbox({
    clock: { now: () => Date.now() + time.ahead },
    rateLimit: 1e9,
    ...options,
    workos: { interval: 0.05, ...options.workos },
  });
  return Object.defineProperty(sandbox as SignInSandbox, 'ahead', {
    get: () => time.ahead,
    set: (ms: number) => {
      time.ahead = ms;
    },
  });
}

/** A user's home with what the program needs to sign in at a sandbox. */
export interface AuthHome {
  readonly path: string;
  /** The one file of credentials. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the built program there. */
  cloudctl(line: string, options?: BinaryOptions): Promise<Ended>;
  /** The tokens of the account in a file that is plain text. */
  tokens(): Tokens | undefined;
  /** Has the access token be over as far as this home knows. */
  expire(): void;
}

/** An empty home. */
export function authHome({ workos }: { workos: Workos }, path = temporaryHome()): AuthHome {
  const file = join(path, '.config/cloudctl/credentials.json');
  const env = {
    HOME: path,
    CLOUDCTL_WORKOS_ENDPOINT: workos.url,
    CLOUDCTL_WORKOS_CLIENT_ID: workos.clientId,
    CLOUDCTL_TOKEN_STORAGE: 'file',
  };
  const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  return {
    path,
    file,
    env,
    cloudctl: (line, options = {}) =>
      runBinary(undefined, line.split(' '), { ...options, env: { ...env, ...options.env } }),
    tokens: () => read().accounts?.['ada@example.com']?.tokens,
    expire() {
      const content = read();
      content.accounts['ada@example.com'].tokens.expiresAt = Date.now() - 1_000;
      writeFileSync(file, JSON.stringify(content));
    },
  };
}

/** A home in which Ada has signed in, by the program itself, with a context `team` that uses her account. */
export async function signedInHome(sandbox: Sandbox, path?: string): Promise<AuthHome> {
  const home = authHome(sandbox, path);
  const begun = await home.cloudctl('login --json');
  sandbox.workos.approve(JSON.parse(begun.out).user_code, { user: 'ada@example.com' });
  for (const line of ['login --complete', `context create team --endpoint ${sandbox.url} --account ada@example.com`]) {
    const ended = await home.cloudctl(line);
    if (ended.status !== 0) throw new Error(`${line}: ${ended.err}`);
  }
  return home;
}

/** How many requests of a grant WorkOS has got. */
export function countGrants({ requests }: Workos, grant: string): number {
  return requests.filter(one => one.grant?.endsWith(grant)).length;
}
