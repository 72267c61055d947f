import type { Metrics } from '../../core/hetzner/types.ts';

/** One series as it is shown: the newest value, and the last hour from left to right with gaps. */
export interface Trace {
  readonly last: number | null;
  readonly recent: readonly (number | null)[];
}

/** One server as the monitor shows it. */
export interface MonitorRow {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly backups: boolean;
  /** Percent of all cores. */
  readonly cpu: Trace;
  /** Bytes a second, read and written. */
  readonly disk: number | null;
  /** Bytes a second. */
  readonly in: number | null;
  readonly out: number | null;
  /** Age of the newest sample in milliseconds, null where there is none. */
  readonly lag: number | null;
  /** How many alerts it has, where somebody knows. */
  readonly alerts?: number;
}

/** Series by name, the processor added up over the cores. */
export type Traces = Readonly<Record<string, Trace | undefined>>;

/** The figures of a row from its series. */
export function figuresOf(traces: Traces, cores: number): Pick<MonitorRow, 'cpu' | 'disk' | 'in' | 'out'> {
  const last = (name: string) => traces[name]?.last ?? null;
  const [read, write] = [last('disk.0.bandwidth.read'), last('disk.0.bandwidth.write')];
  const share = (value: number | null) => (value === null ? null : value / Math.max(1, cores));
  return {
    cpu: { last: share(last('cpu')), recent: (traces.cpu?.recent ?? []).map(share) },
    disk: read === null && write === null ? null : (read ?? 0) + (write ?? 0),
    in: last('network.0.bandwidth.in'),
    out: last('network.0.bandwidth.out'),
  };
}

/** The series of an answer of Hetzner's, and the age of its newest sample at `now` (ms). */
export function tracesOf({ time_series }: Metrics, now: number): { traces: Traces; lag: number | null } {
  let newest = Number.NEGATIVE_INFINITY;
  const traces = Object.entries(time_series).map(([name, { values }]): [string, Trace] => {
    const recent = values.map(([, text]) => (Number.isFinite(Number(text)) ? Number(text) : null));
    newest = Math.max(newest, (values.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY) * 1000);
    return [name, { last: recent.findLast(value => value !== null) ?? null, recent }];
  });
  return { traces: Object.fromEntries(traces), lag: Number.isFinite(newest) ? Math.max(0, now - newest) : null };
}
