import type { Api, Query } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Budget } from '../../../src/core/hetzner/pace.ts';
import { hour, minute } from '../../../src/core/samples/levels.ts';
import { openSamples } from '../../../src/core/samples/open.ts';
import type { Samples } from '../../../src/core/samples/samples.ts';
import { createPoller, type PollerTools } from '../../../src/daemon/metrics/poller.ts';
import { fakeClock } from '../../helpers/clock.ts';

/** The value of a server at a time (ms), the same whenever it is asked for. */
export function valueAt(id: number, at: number): number {
  return Math.fround(id + ((at / minute) % 100) / 8);
}

export interface FakeServer {
  id: number;
  created: number;
  [key: string]: unknown;
}

/** Servers that have a sample a minute from their creation on, an API that gives 500 of them at most, and a poller that asks for them; time passes only in `run`. */
export async function openFleet(count: number, begin = Date.parse('2026-11-20T00:00:00Z')) {
  const clock = fakeClock(begin, { auto: false });
  const servers = new Map<number, FakeServer>();
  for (let id = 1; id <= count; id += 1) servers.set(id, { id, created: begin });
  const fleet = {
    clock,
    servers,
    requests: 0,
    lists: 0,
    refused: [] as string[],
    logged: [] as string[],
    /** Thrown or answered in place of the next answers. */
    fate: (_path: string): unknown => undefined,
    budget: undefined as Budget | undefined,
    /** How late Hetzner has a sample. */
    late: 0,
    holds: async () => true,
    samples: undefined as unknown as Samples,
    poller: undefined as unknown as ReturnType<typeof createPoller>,
    restart() {
      fleet.poller = createPoller(tools);
    },
    /** Lets the poller work for so long. */
    async run(ms: number) {
      const end = clock.now() + ms;
      while (clock.now() < end) await clock.advance(Math.min(end - clock.now(), await fleet.poller.turn()));
    },
    /** Minutes of the server from start up to end that are not in the store exactly once with their value. */
    missing(id: number, start: number, end: number): number[] {
      const found = fleet.samples.samples(id, 'cpu', { start, end });
      const byTime = new Map(found);
      const wrong: number[] = found.length === byTime.size ? [] : [-1];
      for (let at = Math.ceil(start / minute) * minute; at < end; at += minute) {
        if (byTime.get(at) !== valueAt(id, at)) wrong.push(at);
      }
      return wrong;
    },
  };
  const hetzner: Api = {
    async *list(_path, _query, reading) {
      fleet.lists += 1;
      const fate = fleet.fate('servers');
      if (fate instanceof Error) throw fate;
      for (const { id, created, ...rest } of servers.values()) {
        const server = { id, name: `web-${id}`, status: 'running', created: new Date(created).toISOString(), ...rest };
        yield (reading?.keep ? reading.keep(server as never) : server) as never;
      }
    },
    async send<T>(_method: string, path: string, _body: unknown, query?: Query) {
      fleet.requests += 1;
      const fate = fleet.fate(path);
      if (fate instanceof Error) throw fate;
      if (fate !== undefined) return fate as T;
      const id = Number(path.split('/')[1]);
      const server = servers.get(id);
      if (!server) throw new Failure('not_found', `server ${id} not found`);
      const [start, end] = [Date.parse(String(query?.start)), Date.parse(String(query?.end))];
      const step = Number(query?.step) * 1000;
      if ((end - start) / step > 499) fleet.refused.push(`${path} ${(end - start) / step}`);
      const values: [number, string][] = [];
      const oldest = Math.max(server.created, clock.now() - 30 * 24 * hour);
      for (let at = start; at <= Math.min(end, clock.now() - fleet.late); at += step) {
        if (at >= oldest) values.push([at / 1000, String(valueAt(id, at))]);
      }
      return { metrics: { start: '', end: '', step, time_series: { cpu: { values } } } } as T;
    },
    wait: async () => {},
  };
  const note = (message: string, fields?: object) =>
    void fleet.logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log = { debug: note, info: note, warn: note, error: note };
  fleet.samples = await openSamples(':memory:', { log, clock });
  const tools: PollerTools = {
    hetzner,
    clock,
    log,
    samples: {
      ...fleet.samples,
      write: (...of) => {
        const fate = fleet.fate('write');
        if (fate instanceof Error) throw fate;
        return fleet.samples.write(...of);
      },
    },
    budget: () => fleet.budget,
    holds: () => fleet.holds(),
  };
  fleet.restart();
  return fleet;
}
