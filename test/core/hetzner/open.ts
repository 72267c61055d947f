import { onTestFinished } from 'vitest';
import type { Action } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import { type HetznerOptions, hetznerApi } from '../../../src/core/hetzner/client.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';

/** The token that no output may show. */
export const token = 'geheim'.padEnd(64, '0');

/** A client of that endpoint on a fake clock, for the running test. */
export function open(endpoint: string, options: Partial<HetznerOptions> = {}) {
  const http = createTransport({ env: {} });
  onTestFinished(() => http.close());
  const clock = (options.clock ?? fakeClock()) as FakeClock;
  const basics = { endpoint, token, http, httpTimeout: 5000, userAgent: 'cloudctl/test', random: () => 0.5 };
  return { clock, api: hetznerApi({ ...basics, ...options, clock }) };
}

/** The Failure that a promise rejects with. */
export async function failed(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** An action of a server, running unless other is said; `started` at the start of the fake clock. */
export function action(id: number, other: Partial<Action> = {}): Action {
  return {
    id,
    command: 'start_server',
    status: 'running',
    progress: 0,
    started: '2026-11-23T08:00:00Z',
    finished: null,
    resources: [{ id: 42, type: 'server' }],
    error: null,
    ...other,
  };
}

/** The body of an error of the API. */
export function problem(code: string, details: unknown = null) {
  return { error: { code, message: `the ${code.replaceAll('_', ' ')}`, details } };
}

/** `Date` of an answer: the start of the fake clock, so that there is no skew. */
export const date = { date: 'Mon, 23 Nov 2026 08:00:00 GMT' };
