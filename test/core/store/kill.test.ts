import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { temporaryFolder } from './folder.ts';
import { buildVictim, startVictim } from './processes.ts';
import { countCommits } from './rows.ts';

/** More of them for a night: CLOUDCTL_STORE_KILLS=1000. */
const kills = Number(process.env.CLOUDCTL_STORE_KILLS ?? 20);

let victim: string;
beforeAll(() => {
  victim = buildVictim();
});

describe('a process that is killed while it commits', () => {
  it(`has everything that was acknowledged there, ${kills} times`, { timeout: 60_000 + kills * 2_000 }, async () => {
    const folder = temporaryFolder();
    let file = '';
    let acknowledged = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill % 20 === 0) [file, acknowledged] = [join(folder, `store-${kill}.sqlite`), 0];
      const { child, ended } = startVictim(victim, 'commit', file);
      const last = acknowledged + 1 + Math.floor(Math.random() * 60);
      child.stdout!.on('data', data => {
        if (Number(String(data).trimEnd().split('\n').at(-1)) >= last) child.kill('SIGKILL');
      });
      const { out, err, signal } = await ended;
      expect({ err, signal }).toEqual({ err: '', signal: 'SIGKILL' });
      const told = Number(out.trimEnd().split('\n').at(-1));
      expect(told).toBeGreaterThanOrEqual(last);
      const store = await openSqlite(file);
      const count = await countCommits(store);
      await store.close();
      // One more may have been on its way.
      expect([told, told + 1]).toContain(count);
      acknowledged = count;
    }
    expect(readdirSync(folder).filter(name => !name.endsWith('.sqlite'))).toEqual([]);
  });
});
