import { generateKeyPairSync } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { openAudit } from '../../../src/core/audit/log.ts';
import type { Message } from '../../../src/core/notify/message.ts';
import { openStoreQueue } from '../../../src/core/queue/store.ts';
import { useKey } from '../../../src/core/store/key.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { startAlerts } from '../../../src/daemon/alerts/index.ts';
import { channelService } from '../../../src/daemon/alerts/services/channel.ts';
import { type AlertSources, type AlertTools, createAlertTools } from '../../../src/daemon/alerts/tools.ts';
import type { Request, Service } from '../../../src/daemon/api/service.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import type { Tools } from '../../../src/daemon/tools.ts';
import { fakeClock } from '../../helpers/clock.ts';
import type { BackEnd } from '../../helpers/stores.ts';

const { privateKey } = generateKeyPairSync('ed25519');

/** What a test may have otherwise. */
export interface Parts extends Partial<Pick<Tools, 'hetzner' | 'hook' | 'log' | 'settings'>>, Partial<AlertSources> {
  readonly store?: Store;
  readonly clock?: ReturnType<typeof fakeClock>;
  readonly worker?: string;
  readonly shared?: boolean;
}

export type Row = Record<string, unknown> & { id: number };

/** A daemon's alerts on a store, with a clock that only the test turns. */
export async function openBench(parts: Parts = {}) {
  const store = parts.store ?? (await openSqlite(':memory:'));
  const clock = parts.clock ?? fakeClock(Date.parse('2026-11-25T10:00:00Z'), { auto: false });
  const logged: string[] = [];
  const write = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log = parts.log ?? { debug: write, info: write, warn: write, error: write };
  const stop = new AbortController();
  const random = () => 0.5;
  const queue = await openStoreQueue({
    ...{ store, clock, random, log, worker: parts.worker ?? 'test', signal: stop.signal, takeOver: !parts.shared },
  });
  const audit = openAudit({ store, clock, key: privateKey });
  const settings = { maxConcurrentImages: 1, hooks: ['page'], ...parts.settings };
  const hook = parts.hook ?? (async () => {});
  const hetzner = parts.hetzner ?? ({} as never);
  const tools: AlertTools = createAlertTools(
    { ...{ store, queue, audit, clock, log, random, settings, hook, hetzner }, signal: stop.signal },
    { key: useKey(Buffer.alloc(32, 7)), allowed: () => ['127.0.0.0/8', '::1'], timeout: 400, ...parts },
  );
  const alerts = await startAlerts(tools, { loop: false });
  onTestFinished(async () => {
    stop.abort();
    if (!parts.store) await store.close();
  });

  async function nextTime(): Promise<number> {
    const { db } = store;
    const job = await db
      .selectFrom('jobs')
      .select('run_at')
      .where('state', '=', 'waiting')
      .orderBy('run_at')
      .limit(1)
      .executeTakeFirst();
    const group = await db.selectFrom('alert_groups').select('next_at').orderBy('next_at').limit(1).executeTakeFirst();
    return Math.min(job?.run_at ?? Infinity, group?.next_at ?? Infinity);
  }

  /** Does what is due now. */
  async function turn(): Promise<void> {
    do await alerts.turn();
    while ((await queue.drain(alerts.handlers)) > 0);
  }

  /** Lets time pass, doing what is due at every moment when something is. */
  async function pass(ms: number): Promise<void> {
    const end = clock.now() + ms;
    for (;;) {
      await turn();
      const next = Math.max(await nextTime(), clock.now() + 1);
      if (next > end) break;
      await clock.advance(next - clock.now());
    }
    await clock.advance(end - clock.now());
    await turn();
  }

  const ask = (request: Partial<Request>): Request => ({
    caller: { ...hostAdmin('anna'), requestId: String(Math.random()), address: 'socket' },
    ...{ input: {}, query: {}, signal: stop.signal },
    ...request,
  });
  const call = async (service: Service, verb: string, input: Request['input'] = {}, id?: number) =>
    (await service[verb]!(ask({ input, id }))) as Record<string, Row>;
  const channels = channelService(tools);
  const addChannel = async (name: string, type: string, input: Request['input']) =>
    (await call(channels, 'create', { name, type, ...input })).channel!;
  const deliveries = () => store.db.selectFrom('deliveries').selectAll().orderBy('id').execute();
  const inbox = async () =>
    (await store.db.selectFrom('inbox').selectAll().orderBy('id').execute()).map(
      row => JSON.parse(row.content) as Message,
    );
  return { store, clock, tools, alerts, queue, logged, turn, pass, ask, call, channels, addChannel, deliveries, inbox };
}

/** The same on an empty store of that kind, which goes with the test; SQLite's is in memory, where no disk is waited for. */
export async function openBenchOn({ name, open }: BackEnd): Promise<Bench> {
  if (name === 'SQLite') return openBench();
  const store = await open();
  onTestFinished(() => store.close());
  return openBench({ store, shared: true });
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** A message as an alert makes it. */
export function messageOf(id: string, more: Partial<Message> = {}): Message {
  return {
    ...{ id, at: Date.parse('2026-11-25T10:00:00Z'), status: 'firing', severity: 'critical', thread: id },
    ...{ title: `FIRING: ${id}`, text: `critical  ${id}`, labels: { server: 'web-1' }, alerts: [], more: 0 },
    ...more,
  };
}
