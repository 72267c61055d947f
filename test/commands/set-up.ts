import { main } from '../../src/commands/program.ts';
import type { World } from '../../src/core/world.ts';
import { type Home, home } from '../core/config/home.ts';
import { fakeScreen } from '../helpers/screen.ts';

/** What one command line did. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A home and a `cloudctl` that runs in it; the API must not be called. */
export interface Desk extends Home {
  readonly cloudctl: (words: string, options?: { env?: Record<string, string>; stdin?: string }) => Promise<Ran>;
}

/** A desk with that configuration, those credentials and that environment. */
export function desk(options: Parameters<typeof home>[0] = {}): Desk {
  const place = home(options);
  return {
    ...place,
    async cloudctl(words, { env = {}, stdin = '' } = {}) {
      const [out, err] = [fakeScreen(), fakeScreen()];
      const world: World = {
        ...place,
        env: { ...place.env, ...env },
        runtime: 'v20.19.0',
        stdin: { isTTY: false, read: async () => Buffer.from(stdin), listen: () => () => {} },
        out,
        err,
        keyring: place.keyring,
        http: () => Promise.reject(new Error('the API was called')),
        programs: { cloudctl: '', sandbox: '', daemon: '' },
      };
      const status = await main(words.split(' '), world);
      return { status, out: out.text, err: err.text };
    },
  };
}
