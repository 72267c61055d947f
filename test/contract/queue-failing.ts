import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode, failures } from '../../src/core/failure.ts';
import type { Handler } from '../../src/core/queue/queue.ts';
import { type At, backup, handlersOf, noting } from './queue-place.ts';

const again = Object.keys(failures).filter(code => failures[code as FailureCode].again) as FailureCode[];
const never = Object.keys(failures).filter(code => !again.includes(code as FailureCode)) as FailureCode[];

/** What a queue promises of jobs that fail, or are to be called again. */
export function promisesOfFailing(at: At): void {
  describe('of jobs that fail', () => {
    const failing = (error: unknown) =>
      handlersOf({
        backup: async () => {
          throw error;
        },
      });

    it.each(again)('tries one that failed with %s again, later', async code => {
      await at.queue.add(backup('one'));
      expect(await at.queue.drain(failing(new Failure(code, 'not now')))).toBe(1);
      const row = await at.place.row('one');
      const first = code === 'limited' || code === 'conflict' ? 15_000 : 5000;
      expect(row).toMatchObject({ state: 'waiting', attempts: 1, error_code: code, error_message: 'not now' });
      expect(row!.run_at - at.place.clock.now()).toBe(first / 2);
      await at.place.clock.advance(first / 2);
      const attempts: number[] = [];
      await at.queue.drain(handlersOf({ backup: async job => void attempts.push(job.attempts) }));
      expect(attempts).toEqual([1]);
      expect(await at.place.row('one')).toMatchObject({
        state: 'done',
        error_code: null,
        finished: at.place.clock.now(),
      });
    });

    it.each(never.filter(code => code !== 'unexpected'))('gives up one that failed with %s', async code => {
      await at.queue.add(backup('one'));
      await at.queue.drain(failing(new Failure(code, 'never')));
      expect(await at.place.row('one')).toMatchObject({ state: 'dead', attempts: 1, error_code: code });
      await at.place.clock.advance(7_200_000);
      expect(await at.queue.drain(noting([]))).toBe(0);
    });

    const countTries = async (error: unknown) => {
      await at.queue.add(backup('one'));
      let tries = 0;
      for (let round = 0; round < 40; round++) {
        tries += await at.queue.drain(failing(error));
        await at.place.clock.advance(3_600_000);
      }
      return tries;
    };

    it('calls one 25 times at most', async () => {
      expect(await countTries(new Failure('unreachable', 'gone'))).toBe(25);
      expect(await at.place.row('one')).toMatchObject({ state: 'dead', attempts: 25, error_message: 'gone' });
    });

    it('tries a bug again five times, and keeps nothing of what it says', async () => {
      expect(await countTries(new TypeError('the token is geheim'))).toBe(6);
      const row = await at.place.row('one');
      expect(row).toMatchObject({ state: 'dead', error_code: 'unexpected', error_message: 'a bug: TypeError' });
      expect(at.place.logged.join()).not.toContain('geheim');
    });

    it('goes on past a job that cannot be read and one that has no handler', async () => {
      for (const key of ['odd', 'broken', 'good']) await at.queue.add(backup(key));
      const set = (key: string, values: object) =>
        at.place.store.commit([
          { query: at.place.store.db.updateTable('jobs').set(values).where('unique_key', '=', key) },
        ]);
      await set('odd', { name: 'of-a-newer-version' });
      await set('broken', { payload: '{"run":' });
      const keys: string[] = [];
      expect(await at.queue.drain(noting(keys))).toBe(3);
      expect(keys).toEqual(['good']);
      expect(await at.place.row('odd')).toMatchObject({ state: 'waiting', error_code: 'unexpected' });
      expect(await at.place.row('broken')).toMatchObject({ state: 'waiting', error_message: 'a bug: SyntaxError' });
    });
  });

  it('calls a job again when its handler asks for it, which is no failure', async () => {
    await at.queue.add(backup('one'));
    const time = at.place.clock.now() + 1000.5;
    const attempts: number[] = [];
    const twice: Handler<'backup'> = async job => {
      attempts.push(job.attempts);
      return attempts.length === 1 ? { again: time } : undefined;
    };
    expect(await at.queue.drain(handlersOf({ backup: twice }))).toBe(1);
    await at.place.clock.advance(1000);
    expect(await at.queue.drain(handlersOf({ backup: twice }))).toBe(0);
    await at.place.clock.advance(1);
    expect(await at.queue.drain(handlersOf({ backup: twice }))).toBe(1);
    expect(attempts).toEqual([0, 0]);
  });
}
