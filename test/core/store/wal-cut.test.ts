import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { openFile, temporaryFolder } from './folder.ts';
import { countCommits, nthCommit } from './rows.ts';

/** More of them for a night: CLOUDCTL_STORE_CUTS=10000. */
const cuts = Number(process.env.CLOUDCTL_STORE_CUTS ?? 200);
const commits = 60;
const header = 32;
const frame = 24 + 4_096;

/** Where in the log a commit is whole: the ends of frames that say how long the database is after them. */
function commitEnds(log: Buffer): number[] {
  const ends: number[] = [];
  for (let at = header; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) > 0) ends.push(at + frame);
  return ends;
}

/** True when nothing up to the end was lost: zeros may have been lost to zeros. */
function isSame(left: Buffer, log: Buffer, at: number, end: number): boolean {
  return end <= at || (end <= left.length && left.subarray(at, end).equals(log.subarray(at, end)));
}

/** A generator of numbers below 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const losses: Readonly<Record<string, (log: Buffer, at: number, random: () => number) => Buffer>> = {
  'the rest is not there': (log, at) => log.subarray(0, at),
  'the rest is zeros': (log, at) => Buffer.concat([log.subarray(0, at), Buffer.alloc(log.length - at)]),
  'the rest is garbage': (log, at, random) => {
    const rest = Buffer.from(
      Array.from({ length: Math.min(log.length - at, 10_000) }, () => Math.floor(random() * 256)),
    );
    return Buffer.concat([log.subarray(0, at), rest]);
  },
};

describe('a loss of power', () => {
  it(`keeps exactly the commits that were whole on the disk, ${cuts} times`, {
    timeout: 60_000 + cuts * 100,
  }, async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'store.sqlite');
    const store = await openFile(file);
    for (let n = 1; n <= commits; n += 1) expect(await store.commit(nthCommit(store, n))).toEqual([1, 1, 1]);
    const [before, log] = [join(folder, 'before'), readFileSync(`${file}-wal`)];
    copyFileSync(file, before);
    const ends = commitEnds(log);
    // Those before the first one made the tables.
    const others = ends.length - commits;
    expect(others).toBeGreaterThan(0);
    const seed = Date.now() % 1_000_000;
    const random = randomFrom(seed);
    for (let cut = 0; cut < cuts; cut += 1) {
      // Some exactly where a commit ends, and a byte before it.
      const near = ends[Math.floor(random() * ends.length)]!;
      const at = [near, near - 1][cut % 8] ?? Math.floor(random() * (log.length + 1));
      const kind = Object.keys(losses)[cut % 3]!;
      const found = join(folder, 'found');
      copyFileSync(before, found);
      const left = losses[kind]!(log, at, random);
      writeFileSync(`${found}-wal`, left);
      const next = await openSqlite(found);
      try {
        const whole = Math.max(0, ends.filter(end => isSame(left, log, at, end)).length - others);
        expect({ seed, at, kind, count: await countCommits(next) }).toEqual({ seed, at, kind, count: whole });
        expect(await next.commit(nthCommit(next, whole + 1))).toEqual([1, 1, 1]);
      } finally {
        await next.close();
      }
    }
  });
});
