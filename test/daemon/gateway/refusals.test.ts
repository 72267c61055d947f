import { describe, expect, it } from 'vitest';
import { createRefusals } from '../../../src/daemon/api/refusals.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const minute = 60_000;
const server = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };

/** A gateway whose clock stands, a viewer with two tokens, and what of refusals is in the audit log. */
async function withViewer(open: (typeof stores)[number]['open']) {
  const clock = fakeClock(Date.parse('2026-11-25T10:00:00Z'), { auto: false });
  const gateway = await startGateway(open, { speed: Number.POSITIVE_INFINITY }, { clock });
  const { ask, people, store } = gateway;
  const eve = await people.user('eve@x.test', { role: 'viewer' });
  const expires = clock.now() + 60 * minute;
  const tokens = [await people.token(eve, { expires }), await people.token(eve, { expires })] as const;
  const refuse = async (token: string, times: number) => {
    for (let count = 0; count < times; count += 1) {
      expect((await ask(token, 'POST', 'servers', server)).status).toBe(403);
    }
  };
  const entries = () => store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
  return { ...gateway, clock, expires, tokens, refuse, entries };
}

describe.each(stores)('what is refused to somebody who is known, on $name', ({ open }) => {
  it('is entered sixty times a minute, then counted, and the last entered with how many there were', async () => {
    const { clock, tokens, refuse, entries } = await withViewer(open);
    await refuse(tokens[0], 100);
    expect(await entries()).toHaveLength(60);
    await clock.advance(minute);
    await expect.poll(async () => (await entries()).length).toBe(61);
    const [first, last] = [(await entries())[0]!, (await entries())[60]!];
    expect(last).toMatchObject({ actor: first.actor, action: 'server.create', result: 'refused' });
    expect(last.reason).toBe(`${first.reason} (and 39 more refusals within a minute)`);
    await refuse(tokens[0], 1);
    expect((await entries()).at(-1)?.reason).toBe(first.reason);
  });

  it('is counted by person, whatever the token, and of nobody else', async () => {
    const { clock, tokens, refuse, entries, ask, people, expires } = await withViewer(open);
    await refuse(tokens[0], 50);
    await refuse(tokens[1], 50);
    for (let count = 0; count < 70; count += 1) await ask('unknown', 'GET', 'servers');
    const mallory = await people.user('mallory@x.test', { role: 'viewer' });
    await refuse(await people.token(mallory, { expires }), 20);
    const actors = async () => {
      const names = (await entries()).map(({ actor }) => /[a-z]+(?=@)|unknown/.exec(actor)![0]);
      return Object.fromEntries([...new Set(names)].map(name => [name, names.filter(one => one === name).length]));
    };
    expect(await actors()).toEqual({ eve: 60, unknown: 60, mallory: 20 });
    await clock.advance(minute);
    await expect.poll(actors).toEqual({ eve: 61, unknown: 61, mallory: 20 });
  });
});

describe('refusals that were counted and not entered', () => {
  const refusal = { actor: 'eve@x.test', action: 'server.create', target: { type: 'server', id: '' }, reason: 'no' };

  it('are entered when the daemon stops, and when the clock has jumped', async () => {
    const { clock, tools, entries } = await withViewer(stores[0]!.open);
    const stopping = new AbortController();
    const refusals = createRefusals({ ...tools, signal: stopping.signal });
    for (let count = 0; count < 63; count += 1) await refusals.enter(refusal);
    stopping.abort();
    await refusals.settle();
    expect((await entries()).map(({ reason }) => reason).slice(59)).toEqual([
      'no',
      'no (and 2 more refusals within a minute)',
    ]);
    for (let count = 0; count < 61; count += 1) await refusals.enter(refusal);
    await clock.advance(-3 * minute);
    await refusals.enter(refusal);
    expect(await entries()).toHaveLength(61 + 60 + 2);
  });

  it('are told in the daemon’s log where the audit log cannot be written', async () => {
    const { tools, logged } = await withViewer(stores[0]!.open);
    const audit = { commit: () => Promise.reject(new Error('the disk is full')) };
    const refusals = createRefusals({ ...tools, audit, signal: new AbortController().signal });
    await refusals.enter(refusal);
    expect(logged.at(-1)).toMatch(/^refusals not entered .*eve@x.test.*the disk is full/);
  });
});
