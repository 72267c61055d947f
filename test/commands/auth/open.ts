import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { type Ran, type RunOptions, run, temporaryHome } from '../../helpers/run.ts';

/** A person at a terminal or a script, with a home, in front of a sandbox that shares the clock. */
export interface Person {
  readonly home: string;
  readonly clock: FakeClock;
  readonly sandbox: Sandbox;
  readonly cloudctl: (line: string | readonly string[], options?: RunOptions) => Promise<Ran>;
  /** Signs in as a script does, as that user. */
  readonly login: (user?: string, flags?: string, organization?: string) => Promise<Ran>;
}

/** Starts a sandbox for the running test, and somebody who has the client id and nothing else. */
export async function person(workos: SandboxOptions['workos'] = {}, servers = 1): Promise<Person> {
  const clock = fakeClock();
  const sandbox = await startSandbox({ clock, workos, seed: { servers }, speed: Number.POSITIVE_INFINITY });
  onTestFinished(() => sandbox.stop());
  const home = temporaryHome();
  const env = {
    HOME: home,
    CLOUDCTL_WORKOS_ENDPOINT: sandbox.workos.url,
    CLOUDCTL_WORKOS_CLIENT_ID: sandbox.workos.clientId,
  };
  const cloudctl: Person['cloudctl'] = (line, options = {}) =>
    run(undefined, line, { clock, ...options, env: { ...env, ...options.env } });
  return {
    home,
    clock,
    sandbox,
    cloudctl,
    async login(user = 'ada@example.com', flags = '', organization) {
      const begun = await cloudctl(`login --json ${flags}`);
      if (begun.status !== 0) return begun;
      const { user_code: code } = JSON.parse(begun.out);
      sandbox.workos.approve(code, { user, organization });
      return cloudctl(`login --complete --user-code ${code} ${flags}`);
    },
  };
}

/** How many exchanges of a refresh token came. */
export function countRefreshes({ workos }: Sandbox): number {
  return workos.requests.filter(({ grant }) => grant === 'refresh_token').length;
}
