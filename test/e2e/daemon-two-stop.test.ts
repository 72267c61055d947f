import { describe, expect, it } from 'vitest';
import { hasMysql } from '../helpers/stores.ts';
import { hasRedis, pause } from './daemon-two.ts';
import { playRounds } from './daemon-two-rounds.ts';

const rounds = Number(process.env.CLOUDCTL_ROUNDS ?? 10);

describe.runIf(hasMysql && hasRedis)('two daemons on one database and Redis', () => {
  it(`make one backup for each due time, although the one that has work is stopped past its lease ${rounds} times`, {
    timeout: 120_000 + rounds * 6000,
  }, async () => {
    const report = await playRounds({
      rounds,
      async away(_, daemon, ms, meanwhile) {
        daemon.child.kill('SIGSTOP');
        try {
          await pause(ms);
          await meanwhile();
        } finally {
          daemon.child.kill('SIGCONT');
        }
        return daemon;
      },
    });
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.takenOver).toBeGreaterThan(rounds < 50 ? 0 : rounds / 5);
  });
});
