import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { runBinary, which } from './binary.ts';

const hcloud = which('hcloud');

describe.skipIf(!hcloud)('20 servers rebooted by selector', () => {
  it('cost at most a fifth of the requests that 20 runs of hcloud cost', async () => {
    const sandbox = await startSandbox({ actionDuration: 3000, rateLimit: 1e9, seed: { servers: 20 } });
    try {
      const env = { HOME: temporaryHome(), HCLOUD_TOKEN: sandbox.token, HCLOUD_ENDPOINT: sandbox.url };
      const names = Array.from({ length: 20 }, (_, index) => `web-${String(index + 1).padStart(4, '0')}`);
      const { status, out } = await runBinary(sandbox, ['server', 'reboot', '-l', 'role=web', '-o', 'json']);
      expect(status).toBe(0);
      expect(JSON.parse(out).filter(({ ok }: { ok: boolean }) => ok)).toHaveLength(20);
      const ours = sandbox.requests.length;
      await Promise.all(names.map(name => promisify(execFile)(hcloud!, ['server', 'reboot', name], { env })));
      const theirs = sandbox.requests.length - ours;
      expect(ours).toBeLessThanOrEqual(theirs / 5);
    } finally {
      await sandbox.stop();
    }
  }, 60_000);
});
