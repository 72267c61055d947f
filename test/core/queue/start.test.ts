import { describe, expect, it } from 'vitest';
import { openStoreQueue } from '../../../src/core/queue/store.ts';
import { atPlace, backup, defer, eventually, noting } from '../../contract/queue-place.ts';
import { stores } from '../../helpers/stores.ts';

describe.each(stores)('a queue that is alone on $name', backEnd => {
  const at = atPlace(backEnd, openStoreQueue);

  it('begins at its start what a dead process has left, and keeps what that one does still out of the store', async () => {
    await at.queue.add(backup('one'));
    const [claimed, go] = [defer(), defer()];
    const outcomes: unknown[] = [];
    const dead = at.queue.drain(
      noting([], async job => {
        claimed.resolve();
        await go.promise;
        outcomes.push(await at.place.store.commit([job.held()]), await job.renew().catch(error => error.code));
      }),
    );
    await claimed.promise;
    expect(await (await at.place.queue()).drain(noting([]))).toBe(0);
    const next = await at.place.queue({ takeOver: true });
    const keys: string[] = [];
    const stop = next.work(noting(keys), { concurrency: 1 });
    await eventually(() => expect(keys).toEqual(['one']));
    go.resolve();
    await dead;
    await stop();
    expect(outcomes).toEqual([undefined, 'conflict']);
    expect(await at.place.row('one')).toMatchObject({ state: 'done', fence: 2, attempts: 0 });
  });

  it('asks the store once a second while nothing is due, and after nothing else', async () => {
    const stop = at.queue.work(noting([]), { concurrency: 1 });
    for (let second = 1; second <= 3; second++) {
      await eventually(() => expect(at.place.clock.slept.filter(ms => ms === 1000)).toHaveLength(second));
      await at.place.clock.advance(1000);
    }
    await stop();
    expect(at.place.clock.slept.filter(ms => ms < 1000)).toEqual([]);
  });

  it('begins nothing any more once the daemon stops', async () => {
    const daemon = new AbortController();
    const queue = await at.place.queue({ signal: daemon.signal });
    daemon.abort();
    await queue.add(backup('one'));
    const keys: string[] = [];
    const stop = queue.work(noting(keys), { concurrency: 1 });
    await stop();
    expect(await queue.drain(noting(keys))).toBe(0);
    expect(keys).toEqual([]);
  });
});
