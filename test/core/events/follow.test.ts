import { describe, expect, it } from 'vitest';
import type { Hearing, Query, SentEvent, TellingApi } from '../../../src/core/api.ts';
import { type DaemonEvent, followEvents, type Wanted } from '../../../src/core/events/follow.ts';
import { Failure } from '../../../src/core/failure.ts';
import { fakeClock } from '../../helpers/clock.ts';

type Answer = { readonly tells?: readonly SentEvent[]; readonly fault?: Failure };

/** Follows a daemon that answers so, one answer a connection, and is left with the last of them. */
async function follow(answers: readonly Answer[], wanted: Partial<Wanted> = {}) {
  const asked: { readonly after?: string; readonly query: Query }[] = [];
  const stop = new AbortController();
  const heard: DaemonEvent[] = [];
  const lost: (string | undefined)[] = [];
  const clock = fakeClock();
  const listen = async (_: string, query: Query, { after, hear }: Hearing) => {
    const { tells = [], fault } = answers[asked.length]!;
    asked.push({ query, ...(after !== undefined && { after }) });
    for (const one of tells) hear(one);
    if (asked.length === answers.length) stop.abort();
    if (fault) throw fault;
  };
  const done = followEvents(
    { listen } as unknown as TellingApi,
    { types: [], ...wanted },
    {
      clock,
      signal: stop.signal,
      hear: event => heard.push(event),
      onLost: failure => lost.push(failure?.message),
      random: () => 1,
    },
  );
  const failure = await done.then(
    () => undefined,
    error => error as Failure,
  );
  return { asked, heard, lost, failure, slept: clock.slept };
}

const told = (id: number, type = 'check.up'): SentEvent => ({
  id: String(id),
  event: type,
  data: JSON.stringify({ at: '2026-11-25T10:00:00.000Z', type, data: { n: id } }),
});
const gone = new Failure('unreachable', 'no daemon is running');

describe('following the events', () => {
  it('goes on behind the last one that came when the stream is lost, and tells that once', async () => {
    const { asked, heard, lost, failure } = await follow(
      [
        { tells: [{ id: '4' }, told(5)] },
        { fault: gone },
        { fault: gone },
        { tells: [{ id: '5' }, told(6)], fault: gone },
      ],
      { last: 3 },
    );
    expect(heard.map(({ id }) => id)).toEqual([5, 6]);
    expect(asked.map(({ after }) => after)).toEqual([undefined, '5', '5', '5']);
    expect(asked.map(({ query }) => query.last)).toEqual([3, undefined, undefined, undefined]);
    expect(lost).toEqual(['no daemon is running']);
    expect(failure).toBeUndefined();
  });

  it('goes on from where it began when the stream is lost before the first event', async () => {
    const { asked } = await follow([{ tells: [{ id: '9' }] }, {}]);
    expect(asked[1]).toMatchObject({ after: '9' });
  });

  it('tries ever more seldom, up to half a minute, and at once again after it was there', async () => {
    const down = Array.from({ length: 7 }, () => ({ fault: gone }));
    const { slept } = await follow([{ tells: [told(1)] }, ...down, { tells: [told(2)] }, {}, {}]);
    expect(slept).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 1, 2].map(seconds => seconds * 1000));
  });

  it('goes on without a word when the daemon ends it and takes it up again, as when an access token is renewed', async () => {
    const { lost, asked } = await follow([{ tells: [told(1)] }, { tells: [told(2)] }, { tells: [told(3)] }]);
    expect(asked).toHaveLength(3);
    expect(lost).toEqual([]);
    expect((await follow([{ tells: [told(1)] }, {}, {}])).lost).toEqual([undefined]);
  });

  it('tells again when it is lost again', async () => {
    const { lost } = await follow([{ tells: [told(1)], fault: gone }, { tells: [told(2)], fault: gone }, {}]);
    expect(lost).toEqual(['no daemon is running', 'no daemon is running']);
  });

  it('fails where there is no daemon at first, and where it refuses later on', async () => {
    expect((await follow([{ fault: gone }, {}])).failure).toBe(gone);
    const refused = new Failure('unauthorized', 'the token is not valid any more');
    expect((await follow([{ tells: [told(1)] }, { fault: refused }, {}])).failure).toBe(refused);
  });

  it('says that some were missed, and fails at an event that is none', async () => {
    const { heard } = await follow([{ tells: [{ id: '12', event: 'missed', data: '{"after":3}' }] }]);
    expect(heard).toEqual([{ id: 12, type: 'missed', data: { after: 3 } }]);
    const { heard: all } = await follow([{ tells: [told(13)] }]);
    expect(all).toEqual([{ id: 13, at: '2026-11-25T10:00:00.000Z', type: 'check.up', data: { n: 13 } }]);
  });
});
