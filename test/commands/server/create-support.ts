import { parseCommand } from '../../../src/commands/parser.ts';
import { type CreateInput, create } from '../../../src/commands/server/create.ts';
import type { Ask } from '../../../src/commands/server/create-ask.ts';
import { createServers } from '../../../src/commands/server/create-run.ts';
import { openSession } from '../../../src/commands/session.ts';
import type { Failure } from '../../../src/core/failure.ts';
import { toFailure } from '../../../src/core/failure.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { fakeWorld, type RunOptions, words } from '../../helpers/run.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into without a type.
export type Json = any;

/** A sandbox whose actions end as the fake clock of the commands moves on. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly clock: FakeClock;
  /** Runs `server create` with these flags; `ask` answers in place of a terminal. */
  create(flags: string | readonly string[], options?: RunOptions & { ask?: Ask }): Promise<Created>;
  /** Methods and paths of the requests so far, such as `POST /servers`. */
  requests(): string[];
  /** Sends a body, and lets a minute pass. */
  post(path: string, body: unknown): Promise<Json>;
}

export interface Created {
  readonly out: string;
  readonly err: string;
  readonly failure?: Failure;
  /** Standard output as JSON. */
  readonly json: Json;
}

/** The flags that every create of these tests has. */
export const basics = '--name web-1 --type cx23 --image debian-13 --location fsn1';

export async function openStage(options: SandboxOptions = {}): Promise<Stage> {
  // The Date header of real answers must agree with the clock of what they tell.
  const clock = fakeClock(Date.now());
  const sandbox = await startSandbox({ clock, ...options });
  return {
    sandbox,
    clock,
    async create(flags, { ask, ...more } = {}) {
      const world = fakeWorld(sandbox, { clock, ...more });
      let failure: Failure | undefined;
      try {
        const { input, flags: globals } = await parseCommand(
          'server create',
          create,
          typeof flags === 'string' ? words(flags) : flags,
        );
        await createServers(await openSession(world, globals), input as unknown as CreateInput, ask);
      } catch (error) {
        failure = toFailure(error);
      }
      world.http.close();
      const out = world.out.text();
      return {
        out,
        err: world.err.text(),
        failure,
        get json() {
          return JSON.parse(out);
        },
      };
    },
    requests: () => sandbox.requests.map(({ method, path }) => `${method} ${path}`),
    async post(path, body) {
      const response = await fetch(sandbox.url + path, {
        method: 'POST',
        headers: { Authorization: `Bearer ${sandbox.token}` },
        body: JSON.stringify(body),
      });
      const answer = (await response.json()) as Json;
      if (!response.ok) throw new Error(JSON.stringify(answer));
      await clock.sleep(60_000);
      return answer;
    },
  };
}
