import type { Event } from '@workos-inc/node';
import { toFailure } from '../../../core/failure.ts';
import type { Part } from '../../daemon-parts.ts';
import { holdLease } from '../../lease.ts';
import type { PeopleTools } from './find.ts';
import { type Administration, requireOrganizations } from './workos-administration.ts';
import { type Cursor, readCursor, writeCursor } from './workos-cursor.ts';
import { ending } from './workos-ends.ts';
import { kinds, readNews } from './workos-events.ts';
import { findOpen, revoking } from './workos-sessions.ts';
import { settle, settleAll } from './workos-settle.ts';

type Tools = Pick<PeopleTools, 'store' | 'audit' | 'clock' | 'log'>;

/** Milliseconds between two times. */
export const interval = 10_000;
/** After an error it takes longer each time, up to this: who is removed is to be out within half a minute. */
const longest = 20_000;
const pageSize = 100;
const hour = 3_600_000;
/** WorkOS keeps events for 30 days; after so long nobody relies on it. */
const gap = 7 * 24 * hour;
/** By so much the clocks may differ at the beginning. */
const leeway = 60_000;

/** What came of one turn: `standby` while another daemon of the store asks, `missing` without a key. */
export type Turn =
  | { readonly state: 'ok' | 'standby' | 'missing' }
  | { readonly state: 'invalid' | 'unreachable'; readonly reason: string };

/** Follows what is done at WorkOS: every 10 seconds its events are asked for, by one daemon of the store. */
export const workosPart: Part = {
  name: 'workos',
  start(tools, { workos, report }) {
    if (!workos) return async () => {};
    const { clock, log, random, signal } = tools;
    const me = Math.floor(random() * 2 ** 48).toString(36);
    const stopped = new AbortController();
    const until = AbortSignal.any([signal, stopped.signal]);
    let last: Turn | undefined;
    let asked: number | undefined;
    let failed = 0;

    async function turn(): Promise<void> {
      while (!until.aborted) {
        const next = await followOnce(tools, workos!, me);
        if (until.aborted) return;
        if (next.state === 'ok') asked = clock.now();
        if (next.state !== last?.state) tell(log, next, last);
        last = next;
        failed = 'reason' in next ? failed + 1 : 0;
        await clock.sleep(failed > 1 ? longest : interval, until).catch(() => {});
      }
    }

    report('workos', async () => ({
      ...{ state: last?.state ?? 'unknown', reason: last && 'reason' in last ? last.reason : null },
      asked: asked === undefined ? null : new Date(asked).toISOString(),
    }));
    const turning = turn();
    return async () => {
      stopped.abort();
      await turning;
    };
  },
};

function tell(log: Tools['log'], next: Turn, last: Turn | undefined): void {
  const consequence = 'who is removed there stays until their access token and their tokens here end';
  if ('reason' in next) log.warn('workos is not followed', { state: next.state, reason: next.reason, consequence });
  else if (next.state === 'ok' && last?.state !== 'standby') log.info('workos is followed');
  else if (next.state === 'missing' && last) log.warn('workos is not followed any more: its key is gone');
}

/** One turn of the daemon `me`; never throws. */
export async function followOnce(tools: Tools, workos: Administration, me: string): Promise<Turn> {
  const { store, clock } = tools;
  try {
    if (!workos.isConfigured()) return { state: 'missing' };
    const lease = { name: 'workos/lease', length: 3 * interval };
    const isOurs = () => holdLease(store, lease, me, clock.now());
    if (!(await isOurs())) return { state: 'standby' };
    await follow(tools, workos, isOurs);
    return { state: 'ok' };
  } catch (error) {
    const { apiCode, message } = toFailure(error);
    return { state: apiCode === 'workos_key' ? 'invalid' : 'unreachable', reason: message };
  }
}

/** Reads on from the cursor to the newest event. It moves on when what a page says is done: cut off in between, that is done again. */
async function follow(tools: Tools, workos: Administration, isOurs: () => Promise<boolean>): Promise<void> {
  const { store, clock } = tools;
  const now = clock.now();
  const before = await readCursor(store);
  let cursor = before && now - before.asked < gap ? before : await lookAround(tools, workos, before !== undefined);
  for (;;) {
    const events: readonly Event[] | undefined = await readPage(workos, cursor);
    if (!events) {
      cursor = await lookAround(tools, workos, true);
      continue;
    }
    if (!(await isOurs())) return;
    await take(tools, workos, events);
    const last = events.at(-1);
    const isNews = last !== undefined || now - cursor.asked >= hour;
    cursor = { ...cursor, ...(last && { after: last.id }), asked: now };
    if (isNews) await writeCursor(store, cursor);
    if (events.length < pageSize) return;
  }
}

/** Where no event tells what has happened it shows in how everybody stands; the cursor from which it goes on. */
async function lookAround(tools: Tools, workos: Administration, isGap: boolean): Promise<Cursor> {
  const { store, clock, log } = tools;
  if (isGap) log.warn('events of workos may have been missed: everybody who came by it is looked at instead');
  const now = clock.now();
  const cursor = { since: new Date(now - leeway).toISOString(), asked: now };
  // With a key of another environment nobody would be found.
  await requireOrganizations(workos);
  await settleAll(tools, workos);
  await writeCursor(store, cursor);
  return cursor;
}

/** The next events; undefined when WorkOS does not know the last one any more. */
async function readPage(workos: Administration, { after, since }: Cursor): Promise<readonly Event[] | undefined> {
  const from = after === undefined ? { rangeStart: since } : { after };
  const asked = workos.ask(sdk => sdk.events.listEvents({ events: [...kinds], limit: pageSize, ...from }));
  return asked.then(
    ({ data }) => data,
    error => {
      if (after !== undefined && isLost(error)) return undefined;
      throw error;
    },
  );
}

/** It refuses a cursor that it does not know; a bad key it refuses too. */
function isLost(error: unknown): boolean {
  const { code, apiCode } = toFailure(error);
  return (code === 'refused' || code === 'not_found') && apiCode !== 'workos_key';
}

async function take(tools: Tools, workos: Administration, events: readonly Event[]): Promise<void> {
  const { store, audit, clock } = tools;
  const { users, sessions, ends } = readNews(events, workos.organizations);
  const now = clock.now();
  const ended = await findOpen(store, sessions);
  const entries = ended.map(({ id, issuer }) => {
    const target = { type: 'session', id, name: issuer };
    return { actor: 'workos', action: 'session.revoke', target, result: 'done' as const };
  });
  const steps = [...ends.flatMap(end => ending(store, end, now)), ...revoking(store, ended, now)];
  if (entries.length > 0) await audit.commit(entries, steps);
  else if (steps.length > 0) await store.commit(steps);
  for (const user of users) await settle(tools, workos, user);
}
