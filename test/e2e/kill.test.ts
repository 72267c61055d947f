import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { runBinary, startBinary, untilEnd } from './binary.ts';

/** Runs the command and kills it at its nth request; true when it was still running then. */
async function killAt(
  sandbox: Sandbox,
  watch: { onRequest?: () => void },
  argv: readonly string[],
  home: string,
  at: number,
) {
  let seen = 0;
  let killed = false;
  const child = startBinary(sandbox, argv, { env: { HOME: home, CLOUDCTL_YES: '1' } });
  watch.onRequest = () => {
    seen += 1;
    if (seen !== at) return;
    killed = true;
    child.kill('SIGKILL');
  };
  await untilEnd(child);
  watch.onRequest = undefined;
  return killed;
}

/** Kills the command at each of its requests in turn, runs it again, and hands over what is then there. */
async function killEverywhere(
  argv: readonly string[],
  prepare: (sandbox: Sandbox) => Promise<void>,
  check: (sandbox: Sandbox, at: number) => Promise<void>,
  isDone: (sandbox: Sandbox, home: string) => Promise<boolean> = async () => false,
) {
  const watch: { onRequest?: () => void } = {};
  const sandbox = await startSandbox({ speed: 100, rateLimit: 1e9, observe: () => watch.onRequest?.() });
  try {
    for (let at = 1; ; at += 1) {
      sandbox.reset();
      await prepare(sandbox);
      const home = temporaryHome();
      const killed = await killAt(sandbox, watch, argv, home, at);
      if (!killed) return at;
      // The kill came after the last deed: to run it again would be another run.
      if (await isDone(sandbox, home)) continue;
      const again = await runBinary(sandbox, argv, { env: { HOME: home, CLOUDCTL_YES: '1' } });
      expect({ at, ...again }).toMatchObject({ status: 0 });
      await check(sandbox, at);
    }
  } finally {
    await sandbox.stop();
  }
}

/** What is still owed to servers. */
function journalsIn(home: string): string[] {
  const folder = join(home, '.local/state/cloudctl/journal');
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : [];
}

async function read<T>(sandbox: Sandbox, path: string): Promise<T> {
  const answer = await fetch(`${sandbox.url}/${path}`, { headers: { Authorization: `Bearer ${sandbox.token}` } });
  return (await answer.json()) as T;
}

interface Listed {
  readonly servers: {
    name: string;
    status: string;
    labels: object;
    protection: { delete: boolean };
    backup_window: string | null;
  }[];
}

describe('a command that is killed at any of its requests, and run again', () => {
  it('server create --ensure ends with exactly one server, complete', async () => {
    const flags =
      '--type cx23 --image debian-13 --location fsn1 --label env=prod --enable-protection delete,rebuild --enable-backup';
    const argv = `server create --name web-1 ${flags} --ensure`.split(' ');
    const kills = await killEverywhere(
      argv,
      async () => {},
      async sandbox => {
        const { servers } = await read<Listed>(sandbox, 'servers');
        expect(servers).toMatchObject([
          {
            name: 'web-1',
            status: 'running',
            labels: { env: 'prod' },
            protection: { delete: true, rebuild: true },
            backup_window: expect.any(String),
          },
        ]);
      },
    );
    expect(kills).toBeGreaterThan(5);
  }, 180_000);

  it('snapshot create --shutdown ends with exactly one image and the server running', async () => {
    const create = 'server create --name web-1 --type cx23 --image debian-13 --location fsn1'.split(' ');
    const kills = await killEverywhere(
      'snapshot create web-1 --shutdown --description nightly'.split(' '),
      async sandbox => void (await runBinary(sandbox, create)),
      async (sandbox, at) => {
        const { images } = await read<{ images: { description: string }[] }>(sandbox, 'images?type=snapshot');
        expect({ at, images: images.map(({ description }) => description) }).toEqual({ at, images: ['nightly'] });
        const { servers } = await read<Listed>(sandbox, 'servers');
        expect(servers).toMatchObject([{ status: 'running' }]);
      },
      async (sandbox, home) => {
        const { images } = await read<{ images: object[] }>(sandbox, 'images?type=snapshot');
        const { servers } = await read<Listed>(sandbox, 'servers');
        const isRunning = servers.length === 1 && servers[0]!.status === 'running';
        return isRunning && images.length === 1 && journalsIn(home).length === 0;
      },
    );
    expect(kills).toBeGreaterThan(5);
  }, 180_000);
});

describe('a reply that is lost', () => {
  it.each(['lost', 'cutoff'] as const)(
    '(%s) leaves exactly one image of snapshot create',
    async kind => {
      const sandbox = await startSandbox({ speed: 100, rateLimit: 1e9, seed: { servers: 1 } });
      try {
        sandbox.fault({ method: 'POST', path: '/servers/*/actions/create_image', kind });
        const { status } = await runBinary(sandbox, ['snapshot', 'create', 'web-0001', '--description', 'once']);
        expect(status).toBe(0);
        const { images } = await read<{ images: object[] }>(sandbox, 'images?type=snapshot');
        expect(images).toHaveLength(1);
      } finally {
        await sandbox.stop();
      }
    },
    60_000,
  );
});
