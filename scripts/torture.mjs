// What the tests do some times in every run, done a thousand times and more: kills, cuts of the log, clocks.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const long = {
  CLOUDCTL_DAEMON_KILLS: '1000',
  CLOUDCTL_GATEWAY_CREATES: '500',
  CLOUDCTL_AUTH_KILLS: '1000',
  CLOUDCTL_STORE_CUTS: '10000',
  CLOUDCTL_STORE_KILLS: '1000',
  CLOUDCTL_QUEUE_KILLS: '60',
  CLOUDCTL_ROUNDS: '100',
  CLOUDCTL_EVERY_POINT: '1',
  CLOUDCTL_FULL_DST: '1',
  CLOUDCTL_FULL_FUZZ: '1',
};
const files = [
  'test/e2e/daemon-kill.test.ts',
  'test/e2e/gateway-kill.test.ts',
  'test/e2e/auth-kill.test.ts',
  'test/e2e/daemon-two-stop.test.ts',
  'test/e2e/daemon-two-kill.test.ts',
  'test/e2e/daemon-two-alerts.test.ts',
  'test/core/store',
  'test/core/queue',
  'test/core/backup',
  'test/daemon/alerts/kill.test.ts',
  'test/daemon/faults/bodies.test.ts',
];
const only = process.argv.slice(2);
const { status } = spawnSync('npx', ['vitest', 'run', ...(only.length > 0 ? only : files)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...long, ...process.env },
});
process.exitCode = status ?? 1;
