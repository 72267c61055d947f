import { onTestFinished } from 'vitest';
import { openAudit } from '../../../src/core/audit/log.ts';
import type { Probe } from '../../../src/core/checks/outage.ts';
import { useKey } from '../../../src/core/store/key.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { Lookup } from '../../../src/core/transport/guard.ts';
import type { Request } from '../../../src/daemon/api/service.ts';
import { openOutages } from '../../../src/daemon/checks/outages.ts';
import { createScheduler } from '../../../src/daemon/checks/scheduler.ts';
import { checkService } from '../../../src/daemon/checks/service/checks.ts';
import { maintenanceService } from '../../../src/daemon/checks/service/maintenances.ts';
import { uptimeService } from '../../../src/daemon/checks/service/uptimes.ts';
import { openSources } from '../../../src/daemon/checks/sources.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import type { Tools } from '../../../src/daemon/tools.ts';
import { newKey } from '../../core/audit/entries.ts';
import { fakeClock } from '../../helpers/clock.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a test may have otherwise. */
export interface BenchParts {
  readonly store?: Store;
  readonly clock?: ReturnType<typeof fakeClock>;
  readonly worker?: string;
  readonly probe?: Probe;
  readonly allowed?: () => readonly string[];
  readonly lookup?: Lookup;
  /** Servers as Hetzner lists them; throws what it answers. */
  readonly servers?: () => readonly object[];
  readonly hetzner?: Tools['hetzner'];
}

/** A daemon's checks with a clock that only the test turns. */
export async function openBench({ worker = 'daemon', probe = async () => true, ...parts }: BenchParts = {}) {
  const store = parts.store ?? (await openSqlite(':memory:'));
  const clock = parts.clock ?? fakeClock(Date.parse('2026-11-23T00:00:00Z'), { auto: false });
  const stopped = new AbortController();
  const logged: string[] = [];
  const log = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const hetzner = parts.hetzner ?? {
    async *list() {
      yield* parts.servers?.() ?? [];
    },
  };
  const tools = {
    ...{ store, clock, hetzner, signal: stopped.signal, random: () => 0.5 },
    audit: openAudit({ store, clock, key: newKey() }),
    log: { debug: log, info: log, warn: log, error: log },
  } as unknown as Tools;
  const late: number[] = [];
  const sources = openSources(tools, {
    key: useKey(Buffer.alloc(32, 7)),
    allowed: () => ['127.0.0.0/8'],
    ...parts,
  });
  const outages = await openOutages(tools, { host: 'host', probe });
  const onStart = (ms: number) => void late.push(ms);
  const scheduler = createScheduler(tools, { sources, outages, worker, stop: stopped.signal, onStart });
  const services = {
    check: checkService(tools, sources),
    maintenance: maintenanceService(tools),
    uptime: uptimeService(tools),
  };
  onTestFinished(async () => {
    stopped.abort();
    if (!parts.store) await store.close();
  });

  async function ask(name: keyof typeof services, verb: string, input: object = {}, id?: number) {
    const caller = { ...hostAdmin('anna'), requestId: 'r', address: 'socket' };
    const request: Request = { caller, id, input: input as Row, query: {}, signal: stopped.signal };
    return (await services[name][verb]!(request)) as Row;
  }

  return {
    ...{ store, clock, tools, scheduler, late, logged, ask },
    check: async (verb: string, input: object = {}, id = 1) =>
      ((await ask('check', verb, input, verb === 'create' ? undefined : id)) as { check: Row } | undefined)
        ?.check as Row,
    /** Lets time pass in steps of two seconds, in each of which what is due is run to its end. */
    async pass(ms: number) {
      for (const end = clock.now() + ms; clock.now() < end; ) {
        await scheduler.turn();
        await clock.advance(2000);
        await scheduler.drain();
      }
    },
    /** What fires, and what has fired and is over. */
    conditions: async () => {
      const rows = await store.db.selectFrom('conditions').selectAll().orderBy('id').execute();
      const begun = new Set<string>();
      return rows.flatMap(({ subject, firing, summary }) => {
        if (!firing && !begun.delete(subject)) return [];
        if (firing) begun.add(subject);
        return [`${firing ? '+' : '-'} ${subject}: ${summary}`];
      });
    },
    states: async () => {
      const rows = await store.db.selectFrom('states').selectAll().orderBy('id').execute();
      return rows.map(({ check_id, state, begun, ended }) => ({ check: check_id, state, begun, ended }));
    },
    row: async (id = 1) => store.db.selectFrom('checks').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  };
}
