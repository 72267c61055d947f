import { Failure } from '../../core/failure.ts';
import type { Metrics } from '../../core/hetzner/types.ts';
import type { Format } from '../output/format.ts';
import type { Session } from '../session.ts';
import { isKept } from './metrics-query.ts';
import { type MetricsQuery, stamp } from './metrics-read.ts';

/** What a daemon has kept of the metrics of servers. */
export interface History {
  /** The daemon's answer, undefined where Hetzner has more of it or the daemon has none of that server. */
  read(server: { readonly id: number; readonly name: string }, query: MetricsQuery): Promise<Metrics | undefined>;
  /** Says on stderr whose figures are shown, once they are known. */
  tell(): void;
}

/** The daemon's answer: what Hetzner would say, and how good it is. */
interface Kept extends Metrics {
  /** The server's name, so that one of another project is not taken for it. */
  readonly server: string | null;
  readonly newest: string | null;
  readonly complete: boolean;
}

const stale = 15 * 60_000;

/** The history of the daemon that is configured or running here; undefined where none answers. */
export async function findHistory(session: Session, format: Format): Promise<History | undefined> {
  const { world, settings } = session;
  const api = await session.api('daemon').catch(error => {
    // It only saves requests and goes further back: a daemon that is stopped breaks nothing, unless this very command names it.
    if (settings.origins.daemon === 'flag') throw error;
    return undefined;
  });
  if (!api) return undefined;
  const isMachine = format.machine || format.query !== undefined || format.kind === 'template';
  let used = 0;
  return {
    async read({ id, name }, { types, start, end, step }) {
      const now = world.clock.now();
      if (isMachine && isKept({ start }, now)) return undefined;
      const query = { metric: types, start: stamp(start), end: stamp(end), step };
      try {
        const { metrics } = await api.send<{ metrics: Kept }>('GET', `samples/${id}/history`, undefined, query);
        if (metrics.server !== null && metrics.server !== name) return undefined;
        const isBehind = Date.parse(metrics.newest ?? '') < Math.min(end, now) - stale;
        if ((isBehind || !metrics.complete) && isKept({ start }, now)) return undefined;
        used += 1;
        return metrics;
      } catch (error) {
        if (error instanceof Failure && error.code !== 'interrupted' && isKept({ start }, now)) return undefined;
        throw error;
      }
    },
    tell() {
      if (used > 0 && !isMachine) world.err.write("cloudctl: shown from the daemon's history\n");
    },
  };
}
