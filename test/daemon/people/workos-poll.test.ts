import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workosPart } from '../../../src/daemon/gateway/people/workos-poll.ts';
import { decide, membershipOf } from '../../../src/daemon/gateway/people/workos-standing.ts';
import { stores } from '../../helpers/stores.ts';
import { ben, openBoth } from './workos-set-up.ts';

type Both = Awaited<ReturnType<typeof openBoth>>;

/** The part as the daemon runs it, what it reports, and what it does in a time. */
function run({ store, audit, clock, log, administration, workos }: Both) {
  const stop = new AbortController();
  const reports: (() => Promise<unknown>)[] = [];
  const tools = { store, audit, clock, log, random: Math.random, signal: stop.signal };
  const report = (_name: string, read: () => Promise<unknown>) => void reports.push(read);
  const ended = workosPart.start(tools as never, { workos: administration, report } as never);
  const asked = () => workos.requests.filter(({ path }) => path.startsWith('/events')).length;
  return {
    asked,
    report: () => reports[0]!(),
    /** Lets the turn that is under way end. */
    rest: (slept: number) => expect.poll(() => clock.slept.length).toBe(slept),
    stop: async () => (await ended)(),
  };
}

describe.each(stores)('the daemon that follows WorkOS, on $name', ({ open, name }) => {
  it('has somebody who is removed out within 30 seconds, and says what it does', async () => {
    const both = await openBoth(open);
    const { clock, enter, whoami, administer, memberships, member, logged } = both;
    const part = run(both);
    await part.rest(1);
    expect(await part.report()).toEqual({ state: 'ok', reason: null, asked: '2026-11-23T08:00:00.000Z' });
    const { ask } = await enter(ben);
    expect(await whoami(ask)).toMatchObject({ role: 'operator' });
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    await clock.advance(9_999);
    expect(part.asked()).toBe(1);
    await clock.advance(1);
    await part.rest(2);
    expect(await whoami(ask)).toMatch(/^401/);
    expect(logged.filter(line => line.startsWith('workos'))).toHaveLength(1);
    await part.stop();
  });

  it('goes on while WorkOS is down, tells it once, asks less often, and catches up', async () => {
    const both = await openBoth(open);
    const { clock, enter, whoami, administer, memberships, member, logged, workos, users } = both;
    const part = run(both);
    await part.rest(1);
    const { ask } = await enter(ben);
    await whoami(ask);
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    workos.fault({ kind: 'reset', times: 3 });
    for (let slept = 2; slept <= 4; slept += 1) {
      await clock.advance(20_000);
      await part.rest(slept);
    }
    expect(clock.slept.slice(1)).toEqual([10_000, 20_000, 20_000]);
    expect(await part.report()).toMatchObject({ state: 'unreachable', reason: expect.any(String) });
    expect(await whoami(ask)).toMatchObject({ role: 'operator' });
    expect(logged.filter(line => line.startsWith('workos is not followed'))).toHaveLength(1);
    await clock.advance(20_000);
    await part.rest(5);
    expect(await part.report()).toMatchObject({ state: 'ok', reason: null });
    expect(await users()).toMatchObject([{ state: 'disabled' }]);
    expect(logged.filter(line => line.startsWith('workos is followed'))).toHaveLength(2);
    await part.stop();
  });

  it('is one of those on a store', async () => {
    const both = await openBoth(open);
    expect(await both.follow('one')).toEqual({ state: 'ok' });
    expect(await both.follow('two')).toEqual({ state: name === 'SQLite' ? 'ok' : 'standby' });
    await both.clock.advance(30_001);
    expect(await both.follow('two')).toEqual({ state: 'ok' });
  });

  it('takes up what an unfinished turn has left', async () => {
    const both = await openBoth(open);
    const { follow, enter, whoami, administer, memberships, member, workos, users } = both;
    await follow();
    const { ask } = await enter(ben);
    await whoami(ask);
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    workos.fault({ kind: 'status', status: 500, path: '/user_management/users' });
    expect(await follow()).toMatchObject({ state: 'unreachable' });
    expect(await whoami(ask)).toMatch(/^401/);
    expect(await users()).toMatchObject([{ state: 'active' }]);
    expect(await follow()).toEqual({ state: 'ok' });
    expect(await users()).toMatchObject([{ state: 'disabled' }]);
  });
});

const standing = fc.record({
  person: fc.option(
    fc.record({ email: fc.option(fc.emailAddress(), { nil: undefined }), name: fc.constantFrom('Ada', undefined) }),
    { nil: undefined },
  ),
  memberships: fc.array(
    fc.record({
      status: fc.constantFrom('active', 'inactive', 'pending'),
      role: fc.record({ slug: fc.constantFrom('admin', 'viewer', 'other') }),
      updatedAt: fc.constantFrom('2026-11-25T10:00:00.123Z', '2026-11-25T11:00:00Z', 'nonsense'),
    }),
    { maxLength: 3 },
  ),
});
const row = fc.record({
  email: fc.constantFrom('ada@example.com', ben),
  name: fc.constantFrom('Ada', 'Other'),
  state: fc.constantFrom('active', 'disabled', 'invited'),
  workos_role: fc.constantFrom(null, 'admin', 'viewer'),
  workos_at: fc.constantFrom(null, 1),
});

describe('how a row follows', () => {
  it('keeps out whoever has no membership, lets nobody in, and has no more to do when it is done', () => {
    fc.assert(
      fc.property(row, standing, (user, given) => {
        const how = given as unknown as Parameters<typeof decide>[1];
        const role = membershipOf(how)?.roles.find(slug => slug !== 'other') ?? null;
        const changes = decide(user as Parameters<typeof decide>[0], how, role);
        const after = { ...user, ...changes } as Parameters<typeof decide>[0];
        const isIn = given.person !== undefined && given.memberships.some(({ status }) => status === 'active');
        expect(after.state).toBe(isIn ? user.state : 'disabled');
        expect(decide(after, how, role)).toEqual({});
        if (isIn) expect(after.workos_role).toBe(role);
      }),
    );
  });
});
