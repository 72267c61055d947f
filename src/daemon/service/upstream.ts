import type { UpstreamReport, UpstreamState } from '../../core/daemon-status.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import type { Send } from '../../core/hetzner/call.ts';

/** What follows from each state, for people. */
export const consequences: Readonly<Record<UpstreamState, string>> = {
  unknown: 'Hetzner has not been asked yet',
  missing: 'no token: what the store knows is served, and nothing is backed up',
  invalid: 'Hetzner does not accept the token: nothing is backed up',
  'read-only': 'the token may only read: the project is watched, and nothing is backed up',
  unreachable: 'Hetzner does not answer: what the store knows is served, and backups wait',
  ok: 'the token may read and write',
};

/** Milliseconds until the state is looked at again. */
export const recheck: Readonly<Record<UpstreamState, number>> = {
  unknown: 1_000,
  missing: 60_000,
  invalid: 300_000,
  'read-only': 600_000,
  unreachable: 30_000,
  ok: 600_000,
};

/** Asks Hetzner what the token may do, by one reading and by a change of a key that cannot exist; nothing is changed whatever the answer. `send` tries nothing again. */
export async function probeUpstream(send: Send): Promise<UpstreamReport> {
  try {
    await send({ method: 'GET', path: 'ssh_keys', query: { per_page: 1 } });
  } catch (error) {
    return readFault(toFailure(error));
  }
  try {
    await send({ method: 'PUT', path: 'ssh_keys/0', body: {} });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.apiCode === 'token_readonly') return { state: 'read-only', reason: consequences['read-only'] };
    // What is wanted: it may write, and there is nothing to write to.
    if (['not_found', 'refused', 'conflict', 'usage'].includes(failure.code)) return { state: 'ok' };
    return readFault(failure);
  }
  return { state: 'ok' };
}

function readFault(failure: Failure): UpstreamReport {
  const isRefused = failure.code === 'unauthorized' || failure.code === 'forbidden';
  // Over its limit, it is there and has taken the token.
  if (failure.code === 'limited')
    return { state: 'unreachable', reason: 'the project has used its requests of this hour' };
  return { state: isRefused ? 'invalid' : 'unreachable', reason: failure.message };
}
