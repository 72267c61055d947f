import type { MiddlewareHandler } from 'hono';
import type { Entry } from '../../core/audit/audit.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { reasonOf } from './entries.ts';
import type { AppTools, Asking, Env } from './environment.ts';
import { createIdentify, type Doors } from './identify.ts';
import { requirePermission } from './permission.ts';

/** The door of the API. */
export interface Admit {
  /** Lets those in who are known; who is not is entered in the audit log. */
  readonly enter: MiddlewareHandler<Env>;
  /** Lets those do it who may; who may not is entered in the audit log. */
  require(c: Asking, permission: string, about: Pick<Entry, 'action' | 'target'>): Promise<void>;
  /** The same for somebody who was let in a while ago, by what counts now; nothing is entered. */
  requireStill(c: Asking, permission: string): Promise<void>;
  /** Enters that somebody who is not known yet was refused. */
  refuse(c: Asking, failure: Failure, about: Pick<Entry, 'action' | 'target'>): Promise<void>;
}

export function createAdmit({ refusals }: Pick<AppTools, 'refusals'>, doors: Doors): Admit {
  const identify = createIdentify(doors);
  const identifyCaller = (c: Asking) =>
    identify({ via: c.env?.via ?? 'tcp', authorization: c.req.header('authorization') });

  function enter(c: Asking, failure: Failure, entry: Pick<Entry, 'actor' | 'action' | 'target'>): Promise<void> {
    const about = { requestId: c.get('requestId'), address: addressOf(c), reason: reasonOf(failure) };
    return refusals.enter({ ...entry, ...about }, c.get('caller'));
  }

  return {
    async enter(c, next) {
      try {
        const known = await identifyCaller(c);
        c.set('caller', { ...known, requestId: c.get('requestId'), address: addressOf(c) });
        if (c.env?.about) c.env.about.caller = known.name;
      } catch (error) {
        const failure = toFailure(error);
        if (failure.code === 'unauthorized' || failure.code === 'forbidden') {
          const action = `request.${c.req.method.toLowerCase()}`;
          await enter(c, failure, { actor: actorOf(failure), action, target: { type: 'path', id: c.req.path } });
        }
        throw error;
      }
      await next();
    },
    refuse: (c, failure, about) => enter(c, failure, { actor: actorOf(failure), ...about }),
    async requireStill(c, permission) {
      requirePermission(await identifyCaller(c), permission);
    },
    async require(c, permission, about) {
      const caller = c.get('caller');
      try {
        requirePermission(caller, permission);
      } catch (error) {
        await enter(c, toFailure(error), { actor: caller.name, ...about });
        throw error;
      }
    },
  };
}

/** Who it was, as far as that is known: told in the answer, or kept from it as its cause. */
function actorOf({ details, cause }: Failure): string {
  const { actor } = (details ?? cause ?? {}) as { readonly actor?: unknown };
  return typeof actor === 'string' ? actor : 'unknown';
}

/** Where a request came from: an address, or `socket`. */
export function addressOf({ env }: Asking): string {
  if (env?.address !== undefined) return env.address;
  return env?.via === 'socket' ? 'socket' : (env?.incoming?.socket.remoteAddress ?? 'unknown');
}
