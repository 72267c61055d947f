import { readIfThere } from '../../core/config/storage.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { post } from '../../core/notify/post.ts';
import { createGuard, lookUp } from '../../core/transport/guard.ts';
import type { About, Part } from '../daemon-parts.ts';
import { holdLease } from '../lease.ts';
import type { Tools } from '../tools.ts';
import { writeHeartbeat } from './heartbeat.ts';
import { faultOf } from './watchdog.ts';

/** What came of one turn: `held` when the daemon is not well and says nothing, `standby` while another one speaks. */
export type Beat =
  | { readonly result: 'sent' | 'standby' }
  | { readonly result: 'held' | 'failed'; readonly reason: string };

/** Milliseconds after which one that was not sent is tried again: a moment's trouble of the network shall alarm nobody. */
const soon = 15_000;

/** The address in a file, which is a secret; throws `usage` that does not show it. */
export function readAddress(file: string): URL {
  const text = readIfThere(file)?.trim();
  if (text === undefined) throw new Failure('usage', `heartbeat.url-file: there is no file ${file}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new Failure('usage', `heartbeat.url-file: ${file} holds no address such as https://...`);
}

/** Calls an address again and again while the daemon is well by the watchdog's own judgement, so that somebody outside can tell when it is not; of several daemons one does. */
export const outboundHeartbeat: Part = {
  name: 'heartbeat',
  start(tools, about) {
    const file = about.configuration.values['heartbeat.url-file'];
    return file === undefined ? async () => {} : beatOn(tools, about, file);
  },
};

function beatOn(tools: Tools, about: About, file: string): () => Promise<void> {
  const { store, clock, log, random, signal } = tools;
  const { configuration, metrics, pulse, report } = about;
  const interval = configuration.values['heartbeat.interval'];
  const me = Math.floor(random() * 2 ** 48).toString(36);
  // Whoever is not well does not hold it on, and another one speaks.
  const lease = { name: 'heartbeat/outbound', length: 2 * interval + soon };
  const stopped = new AbortController();
  const until = AbortSignal.any([signal, stopped.signal]);
  // The administrator names the address: it may lead anywhere.
  const guard = createGuard(lookUp, () => ['0.0.0.0/0', '::/0'], 'heartbeat.url-file');
  const beats = metrics.counter('cloudctl_heartbeats_total', 'Calls of the outbound heartbeat, by result');
  let last: Beat | undefined;
  let sent: number | undefined;

  async function beat(): Promise<Beat> {
    const fault = await faultOf(pulse, () => writeHeartbeat(store, clock.now()));
    if (fault !== undefined) return { result: 'held', reason: fault };
    try {
      if (!(await holdLease(store, lease, me, clock.now()))) return { result: 'standby' };
    } catch (error) {
      return { result: 'held', reason: toFailure(error).message };
    }
    try {
      await post({ url: readAddress(file), method: 'GET', body: '' }, { guard, now: clock.now, signal: until });
      return { result: 'sent' };
    } catch (error) {
      return { result: 'failed', reason: toFailure(error).message };
    }
  }

  function tell(next: Beat): void {
    if (next.result !== 'standby') beats.add({ result: next.result });
    if (next.result === 'sent') sent = clock.now();
    const isNews = next.result !== last?.result;
    if (isNews && next.result === 'held') log.error('no heartbeat is sent', { reason: next.reason });
    else if (isNews && next.result === 'failed') log.warn('the heartbeat is not taken', { reason: next.reason });
    else if (isNews && next.result === 'sent') log.info('the heartbeat is taken');
    last = next;
  }

  async function turn(): Promise<void> {
    while (!until.aborted) {
      const next = await beat();
      if (until.aborted) return;
      tell(next);
      const isDone = next.result === 'sent' || next.result === 'standby';
      await clock.sleep(isDone ? interval : Math.min(interval, soon), until).catch(() => {});
    }
  }

  report('heartbeat', async () => ({
    ...{ to: originOf(file), sent: sent === undefined ? null : new Date(sent).toISOString() },
    ...{ result: last?.result ?? null, reason: last && 'reason' in last ? last.reason : null },
  }));
  const turning = turn();
  return async () => {
    stopped.abort();
    await turning;
  };
}

/** What of the address may be shown: who is called, null where there is none. */
export function originOf(file: string | undefined): string | null {
  try {
    if (file === undefined) return null;
    return readAddress(file).origin;
  } catch {
    return null;
  }
}
