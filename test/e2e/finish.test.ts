import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { runAtTerminal, runBinary, startBinary, untilEnd, which } from './binary.ts';

const script = which('script');
const question =
  "Server web-0001 is still owed a snapshot and its start by 'cloudctl snapshot create web-0001 --shutdown'";

let sandbox: Sandbox;
let onRequest: ((path: string) => void) | undefined;
beforeAll(async () => {
  sandbox = await startSandbox({
    speed: 100,
    rateLimit: 1e9,
    seed: { servers: 1 },
    observe: ({ path }) => onRequest?.(path),
  });
});
afterAll(() => sandbox.stop());

const server = () => [...sandbox.state.servers.values()][0]!;
const snapshots = () => [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');

/** A home with the journal of a run that was killed when it had stopped the server. */
async function killedRun(): Promise<string> {
  sandbox.reset();
  const home = temporaryHome();
  const child = startBinary(sandbox, ['snapshot', 'create', 'web-0001', '--shutdown'], { env: { HOME: home } });
  onRequest = path => {
    if (path.endsWith('/actions/shutdown')) child.kill('SIGKILL');
  };
  expect(await untilEnd(child)).toMatchObject({ signal: 'SIGKILL' });
  onRequest = undefined;
  return home;
}

describe('the next command that changes a server whose snapshot was killed half-way', () => {
  it('says what is owed where nobody can be asked, and does its own work', async () => {
    const HOME = await killedRun();
    const ran = await runBinary(sandbox, ['server', 'add-label', 'web-0001', 'tier=web'], { env: { HOME } });
    expect(ran).toMatchObject({ status: 0, err: `Note: s${question.slice(1)}: cloudctl server resume web-0001\n` });
    expect(server().labels).toMatchObject({ tier: 'web' });
    expect(snapshots()).toEqual([]);
  });

  it('says nothing of it to a program', async () => {
    const HOME = await killedRun();
    const argv = ['server', 'update', 'web-0001', '--name', 'web-1', '-o', 'json'];
    expect(await runBinary(sandbox, argv, { env: { HOME } })).toMatchObject({ status: 0, err: '' });
  });

  it.skipIf(!script).each([
    ['y', 'finishes it first', { status: 'running', images: 1 }],
    ['n', 'leaves it owed', { status: 'off', images: 0 }],
  ])(
    'asks on a terminal, and with the answer %s %s',
    async (answer, _, { status, images }) => {
      const HOME = await killedRun();
      const argv = ['server', 'add-label', 'web-0001', 'tier=web'];
      const ran = await runAtTerminal(sandbox, argv, { [`${question}. Finish that first?`]: `${answer}\r` }, { HOME });
      expect(ran.status, ran.out).toBe(0);
      expect(server()).toMatchObject({ status, labels: { tier: 'web' } });
      expect(snapshots()).toHaveLength(images);
      const left = await runBinary(sandbox, ['server', 'resume'], { env: { HOME } });
      expect(left.out.includes('web-0001')).toBe(images === 0);
      expect([server().status, snapshots().length]).toEqual(['running', 1]);
    },
    30_000,
  );
});
