import { toFailure } from '../../core/failure.ts';
import { findFault, isOurs, unread } from './answer.ts';
import type { Got, Upstream } from './upstream/upstream.ts';

/** A project whose readings give nothing but Hetzner's answers: what goes wrong on the way to it is a failure of the gateway's, and never what the caller would take for its own token or for a resource that is gone. */
export function guard(upstream: Upstream): Upstream {
  const known = guarded.get(upstream) ?? guardNow(upstream);
  guarded.set(upstream, known);
  return known;
}

const guarded = new WeakMap<Upstream, Upstream>();

function guardNow(upstream: Upstream): Upstream {
  const { reader, actions } = upstream;
  const { host } = new URL(upstream.project.endpoint);
  const check = (got: Got): Got => {
    const { status, headers, body } = got;
    const fault = status === 200 ? undefined : findFault({ status, headers, body: JSON.stringify(body ?? null) }, host);
    if (fault) throw unread(fault);
    return got;
  };
  return {
    ...upstream,
    reader: {
      touch: reader.touch,
      all: (...asked) => reader.all(...asked).catch(fail),
      get: (...asked) => reader.get(...asked).then(check, fail),
    },
    actions: { follow: actions.follow, get: (...asked) => actions.get(...asked).catch(fail) },
  };
}

function fail(error: unknown): never {
  const failure = toFailure(error);
  throw isOurs(failure) ? unread(failure) : error;
}
