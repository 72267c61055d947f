import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { begin, merge, takeOver } from '../../../src/core/composite/claim.ts';
import { type Holder, isHeldByAnother, thisProcess } from '../../../src/core/composite/holder.ts';
import {
  describeOwed,
  type Journal,
  journalFile,
  journalFolder,
  listJournals,
  readJournal,
  removeJournal,
  type Shelf,
  writeJournal,
} from '../../../src/core/composite/journal.ts';
import { fakeClock } from '../../helpers/clock.ts';

const world = { clock: fakeClock(), signal: new AbortController().signal };
const given: Journal = {
  version: 1,
  server: { id: 42, name: 'web-1' },
  command: 'cloudctl snapshot create web-1 --shutdown',
  began: '2026-11-23T08:00:00Z',
  owes: { image: { run: 'r1', description: 'nightly' }, power: 'running' },
  stop: { timeout: 60_000, force: false },
};

let shelf: Shelf;
beforeEach(() => {
  shelf = { folder: join(mkdtempSync(join(tmpdir(), 'cloudctl-journal-')), 'a', 'journal'), scope: 'abc-123' };
});

describe('a journal', () => {
  it('is read as it was written, by its owner only', () => {
    writeJournal(shelf, given);
    expect(readJournal(shelf, 42)).toEqual(given);
    expect(statSync(journalFile(shelf, 42)).mode & 0o777).toBe(0o600);
    expect(statSync(shelf.folder).mode & 0o777).toBe(0o700);
  });

  it('is found in its scope, and is gone once removed', () => {
    expect(listJournals(shelf.folder)).toEqual([]);
    writeJournal(shelf, given);
    writeJournal({ ...shelf, scope: 'other' }, { ...given, server: { id: 43, name: 'web-2' } });
    writeFileSync(join(shelf.folder, 'stray.txt'), '');
    expect(listJournals(shelf.folder, shelf.scope)).toEqual([42]);
    expect(listJournals(shelf.folder).sort()).toEqual([42, 43]);
    removeJournal(shelf, 42);
    expect(readJournal(shelf, 42)).toBeUndefined();
    removeJournal(shelf, 42);
  });

  it.each(['', '{', '[]', '{"version":2}', '{"version":1,"server":{"id":1}}'])('is refused when it reads %j', text => {
    mkdirSync(shelf.folder, { recursive: true });
    writeFileSync(journalFile(shelf, 42), text);
    expect(() => readJournal(shelf, 42)).toThrow(/is not a journal of this version/);
  });

  it('says what is owed in words', () => {
    expect(describeOwed(given.owes)).toBe('a snapshot and its start');
    expect(describeOwed({ type: { name: 'cx43', upgradeDisk: false }, power: 'off' })).toBe('the type cx43');
    expect(describeOwed({ power: 'off' })).toBe('nothing');
  });

  it('is kept where XDG has it, or below the home', () => {
    const of = (env: Record<string, string>, platform = 'linux') => journalFolder({ env, platform });
    expect(of({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/cloudctl/journal');
    expect(of({ XDG_STATE_HOME: 'relative', HOME: '/h' })).toBe('/h/.local/state/cloudctl/journal');
    expect(of({ LOCALAPPDATA: '/l' }, 'win32')).toBe('/l/cloudctl/journal');
    expect(of({})).toBeUndefined();
  });
});

describe('beginning a composite', () => {
  it('writes the journal before anything is done', async () => {
    const { journal, resumed } = await begin(shelf, world, given);
    expect(resumed).toBe(false);
    expect(readJournal(shelf, 42)).toEqual(journal);
    expect(journal.holder?.pid).toBe(process.pid);
  });

  it('goes on with one that wants the same, under the same mark', async () => {
    await begin(shelf, world, given);
    const again = {
      ...given,
      owes: { ...given.owes, image: { run: 'r2', description: 'nightly' }, power: 'off' as const },
    };
    const { journal, resumed } = await begin(shelf, world, again);
    expect(resumed).toBe(true);
    expect(journal.owes).toEqual(given.owes);
  });

  it('refuses when something else is owed, and says what and how to finish it', async () => {
    await begin(shelf, world, given);
    const other: Journal = { ...given, owes: { type: { name: 'cx43', upgradeDisk: false }, power: 'off' } };
    await expect(begin(shelf, world, other)).rejects.toMatchObject({
      code: 'refused',
      message:
        "server web-1 is still owed a snapshot and its start, by 'cloudctl snapshot create web-1 --shutdown' of 2026-11-23T08:00:00Z",
      hint: 'cloudctl server resume web-1',
    });
  });

  it('takes over the start that a given-up one still owes', () => {
    const before: Journal = { ...given, owes: { power: 'running' } };
    const wanted: Journal = { ...given, owes: { ...given.owes, power: 'off' } };
    expect(merge(before, wanted, false)).toMatchObject({ resumed: false, journal: { owes: { power: 'running' } } });
    expect(merge(before, wanted, true)).toMatchObject({ journal: { owes: { power: 'off' } } });
  });

  it('refuses where the journal cannot be kept, with the reason', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'cloudctl-journal-')), 'file');
    writeFileSync(file, '');
    const nowhere = { folder: join(file, 'journal'), scope: 'x' };
    await expect(begin(nowhere, world, given)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^the journal of server web-1 cannot be kept: .*not a folder/),
    });
    expect(() => writeJournal(nowhere, given)).toThrow(/cannot be kept/);
  });

  it('refuses while another living process is at the server', async () => {
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(other, 'spawn');
    try {
      const self = await thisProcess();
      const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
      const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      const holder: Holder = { pid: other.pid!, host: self.host, started };
      writeJournal(shelf, { ...given, holder });
      await expect(begin(shelf, world, given)).rejects.toMatchObject({ code: 'conflict' });
      await expect(takeOver(shelf, world, 42)).rejects.toMatchObject({ code: 'conflict' });
      // The same number, but not the same process.
      expect(isHeldByAnother({ ...holder, started: '1' }, self)).toBe(false);
      expect(isHeldByAnother({ ...holder, host: 'elsewhere' }, self)).toBe(false);
    } finally {
      other.kill();
      await once(other, 'exit');
    }
  });

  it('takes over from a process that is dead', async () => {
    const self = await thisProcess();
    writeJournal(shelf, { ...given, holder: { pid: 2 ** 22 + 1, host: self.host, started: '1' } });
    expect((await takeOver(shelf, world, 42))?.holder?.pid).toBe(process.pid);
    expect(await takeOver(shelf, world, 7)).toBeUndefined();
  });

  it('takes over even where nothing can be written any more, so that a server is started again', async () => {
    writeJournal(shelf, given);
    mkdirSync(`${journalFile(shelf, 42)}.lock`);
    expect(await takeOver(shelf, world, 42)).toEqual(given);
    await expect(begin(shelf, world, given)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('two commands on one server', () => {
  it('either are one, or the second is refused: no goal is ever lost', () => {
    const anyOwed = fc.record({
      description: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      labels: fc.option(fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2')), { nil: undefined }),
    });
    fc.assert(
      fc.property(anyOwed, anyOwed, (one, other) => {
        const before = { ...given, owes: { image: { run: 'r1', ...one }, power: 'running' as const } };
        const wanted = { ...given, owes: { image: { run: 'r2', ...other }, power: 'off' as const } };
        try {
          const { journal, resumed } = merge(before, wanted, false);
          expect([resumed, journal.owes]).toEqual([true, before.owes]);
          expect(one.description).toBe(other.description);
          expect(one.labels ?? {}).toEqual(other.labels ?? {});
        } catch (error) {
          expect(error).toMatchObject({ code: 'refused' });
          expect([one.description, one.labels ?? {}]).not.toEqual([other.description, other.labels ?? {}]);
        }
      }),
    );
  });
});
