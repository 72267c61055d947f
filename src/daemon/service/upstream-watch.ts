import type { Api } from '../../core/api.ts';
import type { UpstreamReport } from '../../core/daemon-status.ts';
import { hetznerApi } from '../../core/hetzner/client.ts';
import { createExchange } from '../../core/hetzner/exchange.ts';
import type { Log } from '../../core/log.ts';
import { userAgent } from '../../core/version.ts';
import type { Clock, Transport } from '../../core/world.ts';
import { requireToken, type Upstream } from '../config/token.ts';
import { consequences, probeUpstream, recheck } from './upstream.ts';

export interface UpstreamOptions {
  /** The endpoint and token as they are now. */
  readonly find: () => Upstream;
  /** What takes its turns with all others who ask the same project. */
  readonly http: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** Milliseconds that a job is held after it was renewed; default 30 s. */
  readonly lease?: number;
}

/** Hetzner by the daemon's own token, and what that token is good for. */
export interface UpstreamWatch {
  readonly api: Api;
  /** The same for jobs: what changes something is sent once, and only while the job that has just been renewed is held. */
  readonly jobApi: Api;
  report(): UpstreamReport;
  /** Looks again now. */
  check(): Promise<UpstreamReport>;
  /** Looks again and again until the signal comes. */
  watch(): Promise<void>;
}

const patience = 10_000;
// Neither people nor the ticks wait for an API that is not there: jobs try again by themselves, later.
const calls = { httpTimeout: 15_000, patience } as const;

/** Nothing is asked before `check` or `watch`. */
export function openUpstream({
  find,
  http,
  clock,
  log,
  signal,
  random,
  lease = 30_000,
}: UpstreamOptions): UpstreamWatch {
  let report: UpstreamReport = { state: 'unknown' };
  const { endpoint } = find();
  const token = async () => requireToken(find(), endpoint);
  const common = { token, http, clock, signal, userAgent };
  const api = hetznerApi({ ...common, endpoint, ...calls, random });
  // A renewal takes a third of the lease at most, so that the last third is for the request itself.
  const jobApi = hetznerApi({ ...common, endpoint, ...calls, random, once: lease / 3 });
  const send = createExchange({ ...common, endpoint: new URL(endpoint), httpTimeout: patience, onSkew: () => {} });

  async function look(): Promise<UpstreamReport> {
    const { token: given, fault } = find();
    if (fault) return { state: 'invalid', reason: fault.message };
    if (given === undefined) return { state: 'missing', reason: consequences.missing };
    return probeUpstream(call => send({ ...call, signal }));
  }

  async function check(): Promise<UpstreamReport> {
    const next = await look();
    const isNews = next.state !== report.state || next.reason !== report.reason;
    report = next;
    if (isNews && !signal.aborted) {
      const fields = { state: next.state, reason: next.reason };
      if (next.state === 'ok') log.info('hetzner accepts the token', fields);
      else log.warn('hetzner cannot be used fully', { ...fields, consequence: consequences[next.state] });
    }
    return report;
  }

  return {
    api,
    jobApi,
    report: () => report,
    check,
    async watch() {
      try {
        while (!signal.aborted) await clock.sleep(recheck[(await check()).state], signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
