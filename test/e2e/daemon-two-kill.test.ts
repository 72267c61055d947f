import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasMysql } from '../helpers/stores.ts';
import { hasRedis, pause } from './daemon-two.ts';
import { playRounds } from './daemon-two-rounds.ts';

const rounds = Number(process.env.CLOUDCTL_ROUNDS ?? 2);

describe.runIf(hasMysql && hasRedis)('two daemons on one database and Redis', () => {
  it(`make one backup for each due time, although the one that has work is killed ${rounds} times`, {
    timeout: 120_000 + rounds * 6000,
  }, async () => {
    const report = await playRounds({
      rounds,
      async away(site, daemon, ms, meanwhile) {
        await daemon.kill();
        await pause(ms);
        await meanwhile();
        return site.start(dirname(daemon.socket));
      },
    });
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.takenOver).toBeGreaterThan(rounds < 50 ? 0 : rounds / 5);
  });
});
