import { describe, expect, it, onTestFinished } from 'vitest';
import { createRepeats } from '../../../src/daemon/api/repeats.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';

/** Repeats of a store in which a daemon that was killed has left a request open, as the next daemon has them. */
async function openAfterKill(open: (typeof stores)[number]['open']) {
  const store = await open();
  onTestFinished(() => store.close());
  const clock = fakeClock();
  let isAtIt = () => {};
  const begun = new Promise<void>(resolve => {
    isAtIt = resolve;
  });
  void createRepeats({ store, clock }).once('key', 'request', () => {
    isAtIt();
    return new Promise(() => {});
  });
  await begun;
  await clock.advance(1);
  return { clock, repeats: createRepeats({ store, clock }) };
}

const answer = { status: 201, body: 'made' };
const deed = async () => answer;

describe.each(stores)('a request that a killed daemon has left open, on $name', ({ name, open }) => {
  it.runIf(name === 'SQLite')('is made anew at once: nobody else can be at it', async () => {
    const { repeats } = await openAfterKill(open);
    expect(await repeats.once('key', 'request', deed)).toEqual(answer);
    expect(await repeats.once('key', 'request', () => Promise.reject(new Error('twice')))).toEqual(answer);
  });

  it.runIf(name === 'MySQL')('is made anew after a minute: another daemon may be at it', async () => {
    const { clock, repeats } = await openAfterKill(open);
    await expect(repeats.once('key', 'request', deed)).rejects.toMatchObject({ code: 'conflict' });
    await clock.advance(60_000);
    expect(await repeats.once('key', 'request', deed)).toEqual(answer);
  });
});
