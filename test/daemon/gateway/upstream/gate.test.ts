import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGate, type Gate } from '../../../../src/daemon/gateway/upstream/gate.ts';
import type { Asker } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { type FakeClock, fakeClock } from '../../../helpers/clock.ts';
import { fakeProject, turnOver } from './fake-project.ts';

let clock: FakeClock;
let stop: AbortController;
let project: ReturnType<typeof fakeProject>;
let gate: Gate;

function open(limit: number): void {
  clock = fakeClock(undefined, { auto: false });
  stop = new AbortController();
  project = fakeProject(clock, { limit });
  gate = createGate({ http: project.http, clock, signal: stop.signal });
}
beforeEach(() => open(3600));
afterEach(() => stop.abort());

const ask = (path: string, asker: Partial<Asker> = {}, sendBy?: number) =>
  gate.pass(
    () => ({ method: 'GET', url: new URL(`http://127.0.0.1/v1/${path}`), headers: {}, timeout: 0 }),
    { tenant: 'web', urgency: 'read', ...asker },
    sendBy,
  );

/** A gate whose project has so many requests left and knows of it. */
async function withLeft(limit: number, left: number): Promise<void> {
  open(limit);
  for (let count = 0; count < limit - left; count += 1) await ask('x', { urgency: 'write' });
  project.seen.length = 0;
}

describe('a request', () => {
  it('is sent at once while enough is left, so many at a time', async () => {
    const { release } = project.hold();
    const answers = Array.from({ length: 30 }, (_, index) => ask(`${index}`));
    await turnOver();
    expect(project.seen).toHaveLength(16);
    release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(gate.figures()).toMatchObject({ sent: { read: 30 }, waiting: 0, underWay: 0, left: 3570, limit: 3600 });
  });

  it('is held, not refused, when the hour’s requests are used up, and sent as they come back', async () => {
    await withLeft(3600, 0);
    const begun = clock.now();
    const answers = Promise.all(['a', 'b'].map(path => ask(path, { urgency: 'write' })));
    for (let second = 1; second <= 2; second += 1) {
      await turnOver();
      await clock.advance(1_000);
    }
    expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
    expect(project.seen.map(({ at }) => at - begun)).toEqual([1_000, 2_000]);
    expect(project.refused()).toBe(0);
  });

  it('is limited when its turn cannot come in time, says when to try again, and was not sent', async () => {
    await withLeft(60, 0);
    const answer = ask('a', { urgency: 'write' });
    const told = expect(answer).rejects.toMatchObject({
      code: 'limited',
      ambiguous: false,
      details: { retry_after: 30 },
      hint: 'Try again in 30 s',
    });
    await clock.advance(30_000);
    await told;
    await clock.advance(60_000);
    expect(project.seen).toEqual([]);
  });

  it('does not wait longer than its time for being sent, as one of a job that is held for so long', async () => {
    await withLeft(60, 0);
    const answer = ask('a', { urgency: 'write' }, clock.now() + 10_000);
    const told = expect(answer).rejects.toMatchObject({ code: 'limited' });
    await clock.advance(10_000);
    await told;
    expect(gate.figures().waiting).toBe(0);
  });

  it('of one who has gone is not sent', async () => {
    await withLeft(60, 0);
    const gone = new AbortController();
    const answer = ask('a', { urgency: 'write', signal: gone.signal });
    gone.abort();
    await expect(answer).rejects.toMatchObject({ code: 'interrupted', ambiguous: false });
    await expect(ask('b', { signal: gone.signal })).rejects.toMatchObject({ code: 'interrupted' });
    await clock.advance(120_000);
    expect(project.seen).toEqual([]);
  });

  it('that is answered with 429 is put back, and answered well in the end', async () => {
    // Somebody beside us has taken what we do not know of yet.
    open(3600);
    let refusals = 2;
    project.answer(() => (refusals-- > 0 ? { status: 429, headers: { 'ratelimit-remaining': '0' } } : undefined));
    const answer = ask('a', { urgency: 'write' });
    for (let second = 0; second < 5; second += 1) {
      await turnOver();
      await clock.advance(1_000);
    }
    expect((await answer).status).toBe(200);
    expect(project.lines()).toEqual(['GET a', 'GET a', 'GET a']);
    expect(gate.figures().refused).toBe(2);
  });

  it('of one tenant waits for no more than its turn among the others, and has a place in a queue that is not endless', async () => {
    await withLeft(3600, 0);
    const results = Array.from({ length: 201 }, () => ask('greedy', { tenant: 'greedy', urgency: 'write' }));
    for (const result of results) result.catch(() => {});
    await expect(results[200]).rejects.toMatchObject({ code: 'limited', details: { retry_after: 1 } });
    const other = ask('other', { tenant: 'other', urgency: 'write' });
    await clock.advance(1_000);
    await turnOver();
    await clock.advance(1_000);
    expect((await other).status).toBe(200);
  });

  it('that cannot be made says why, and takes nobody’s place', async () => {
    const fault = gate.pass(
      () => {
        throw new Error('no token');
      },
      { tenant: 'web', urgency: 'read' },
    );
    await expect(fault).rejects.toThrow('no token');
    expect(gate.figures()).toMatchObject({ underWay: 0, sent: { read: 0 } });
  });

  it('that waits ends when the daemon does', async () => {
    await withLeft(60, 0);
    const answer = ask('a');
    stop.abort();
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    await expect(ask('b')).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('a tenant’s share', () => {
  it('is all of it for one alone, and an equal part among those who have asked within the minute', async () => {
    expect(gate.share('web')).toMatchObject({ limit: 3600, remaining: 3600 });
    await ask('a');
    expect(gate.share('web')).toEqual({ limit: 3600, remaining: 3599, reset: Math.ceil((clock.now() + 1000) / 1000) });
    await ask('b', { tenant: 'ops' });
    expect(gate.share('web')).toMatchObject({ limit: 1800, remaining: 1799 });
    await clock.advance(61_000);
    expect(gate.share('web')).toMatchObject({ limit: 3600, remaining: 3600 });
  });
});
