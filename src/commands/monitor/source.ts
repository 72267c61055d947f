import { type Api, collect } from '../../core/api.ts';
import type { Metrics, Server } from '../../core/hetzner/types.ts';
import { pool } from '../../core/pool.ts';
import { readMetrics } from '../server/metrics-read.ts';
import type { Session } from '../session.ts';
import { figuresOf, type MonitorRow, type Traces, tracesOf } from './row.ts';

/** Where the monitor's rows come from. */
export interface Source {
  readonly from: 'the daemon' | 'Hetzner';
  /** The rows that pass; their figures as they are known, those that are not known yet asked for as far as that is cheap, or all of them. */
  read(passes: (row: Pick<MonitorRow, 'name' | 'status' | 'labels'>) => boolean, all: boolean): Promise<MonitorRow[]>;
}

const hour = 3_600_000;
const listLasts = 10_000;
const figuresLast = 60_000;
/** Servers whose figures are asked for at first, and at each later reading: at 5 s between two, 1,440 requests an hour at most. */
const [atFirst, atOnce] = [20, 2];

/** The daemon that is named, or the one that runs here where it has the project that is meant, else Hetzner itself. */
export async function openSource(session: Session): Promise<Source> {
  const daemon = await session.api('daemon').catch(error => {
    if (session.settings.daemon !== undefined) throw error;
    return undefined;
  });
  if (!daemon) return hetznerSource(await session.api(), session);
  const api = session.settings.daemon === undefined ? await session.api().catch(() => undefined) : undefined;
  if (api && !(await hasSameProject(daemon, api))) return hetznerSource(api, session);
  return daemonSource(daemon);
}

/** True when the daemon knows a server of that project: ids are given once. An older daemon, or one that has not listed the servers yet, knows none. */
async function hasSameProject(daemon: Api, api: Api): Promise<boolean> {
  const { servers = [] } = await api.send<{ servers?: Server[] }>('GET', 'servers', undefined, { per_page: 1 });
  const [first] = servers;
  if (!first) return false;
  const query = { name: first.name, metric: ['cpu'] };
  const { samples = [] } = await daemon
    .send<{ samples?: SampleRow[] }>('GET', 'samples', undefined, query)
    .catch((): { samples?: SampleRow[] } => ({}));
  return samples[0]?.id === first.id;
}

interface SampleRow extends Omit<MonitorRow, 'cpu' | 'disk' | 'in' | 'out'> {
  readonly cores: number;
  readonly series: Traces;
}

function daemonSource(api: Api): Source {
  return {
    from: 'the daemon',
    async read(passes) {
      const rows = await collect(api.list<SampleRow>('samples', { metric: ['cpu', 'disk', 'network'] }));
      return rows.filter(passes).map(({ id, name, status, labels, backups, lag, cores, series, alerts }) => ({
        ...{ id, name, status, labels, backups, lag, ...(alerts !== undefined && { alerts }) },
        ...figuresOf(series, cores),
      }));
    },
  };
}

function hetznerSource(api: Api, { world: { clock }, settings }: Session): Source {
  const figures = new Map<number, { readonly at: number; readonly metrics: Metrics }>();
  let servers: readonly Server[] = [];
  let listed = Number.NEGATIVE_INFINITY;
  let isFirst = true;

  async function ask({ id }: Server): Promise<void> {
    const now = clock.now();
    const query = { types: ['cpu', 'disk', 'network'], start: now - hour, end: now, step: 120 };
    figures.set(id, { at: now, metrics: await readMetrics(api, id, query) });
  }

  return {
    from: 'Hetzner',
    async read(passes, all) {
      const now = clock.now();
      if (now - listed >= listLasts) {
        servers = await collect(api.list<Server>('servers'));
        listed = now;
      }
      const chosen = servers.filter(passes);
      const age = ({ id }: Server) => now - (figures.get(id)?.at ?? 0);
      const due = chosen.filter(server => age(server) >= figuresLast).sort((a, b) => age(b) - age(a));
      const asked = all ? due : due.slice(0, isFirst ? atFirst : atOnce);
      isFirst = false;
      await pool(asked, settings.concurrency, ask);
      return chosen.map(server => {
        const known = figures.get(server.id);
        const { traces, lag } = known ? tracesOf(known.metrics, now) : { traces: {}, lag: null };
        const { id, name, status, labels, backup_window: window, server_type: type } = server;
        return { id, name, status, labels, backups: Boolean(window), lag, ...figuresOf(traces, type?.cores ?? 1) };
      });
    },
  };
}
