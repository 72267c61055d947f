import type { MiddlewareHandler } from 'hono';
import { type Failure, toFailure } from '../../core/failure.ts';
import { enterRefusal } from './change.ts';
import { reasonOf } from './entries.ts';
import type { AppTools, Asking, Env } from './environment.ts';
import { createIdentify, type Doors } from './identify.ts';
import { createRefusalLimit } from './refusal-limit.ts';

/** Lets those in who may use the API; who may not is entered in the audit log. */
export function createAdmit(tools: Pick<AppTools, 'audit' | 'log' | 'clock'>, doors: Doors): MiddlewareHandler<Env> {
  const identify = createIdentify(doors);
  const mayEnter = createRefusalLimit(tools.clock);

  async function enterStranger(c: Asking, failure: Failure): Promise<void> {
    const refusal = mayEnter();
    if (!refusal) return;
    const more = refusal.untold > 0 ? ` (${refusal.untold} more were not entered)` : '';
    await enterRefusal(tools, {
      actor: (failure.details as { actor?: string } | undefined)?.actor ?? 'unknown',
      action: `request.${c.req.method.toLowerCase()}`,
      target: { type: 'path', id: c.req.path },
      requestId: c.get('requestId'),
      address: addressOf(c),
      reason: `${reasonOf(failure)}${more}`,
    });
  }

  return async (c, next) => {
    try {
      const known = await identify({ via: c.env?.via ?? 'tcp', authorization: c.req.header('authorization') });
      c.set('caller', { ...known, requestId: c.get('requestId'), address: addressOf(c) });
      if (c.env?.about) c.env.about.caller = known.name;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'unauthorized' || failure.code === 'forbidden') await enterStranger(c, failure);
      throw error;
    }
    await next();
  };
}

function addressOf({ env }: Asking): string {
  if (env?.address !== undefined) return env.address;
  return env?.via === 'socket' ? 'socket' : (env?.incoming?.socket.remoteAddress ?? 'unknown');
}
