import { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { openAudit } from '../../../src/core/audit/log.ts';
import { toFailure } from '../../../src/core/failure.ts';
import { useKey } from '../../../src/core/store/key.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { Clock, Transport } from '../../../src/core/world.ts';
import { createAdmit } from '../../../src/daemon/api/admit.ts';
import type { Env } from '../../../src/daemon/api/environment.ts';
import { problemOf } from '../../../src/daemon/api/problem.ts';
import { createRefusals } from '../../../src/daemon/api/refusals.ts';
import { createRepeats } from '../../../src/daemon/api/repeats.ts';
import { openDeeds } from '../../../src/daemon/gateway/deeds.ts';
import { createGateway, type GatewayTools } from '../../../src/daemon/gateway/gateway.ts';
import { keepTexts } from '../../../src/daemon/gateway/kept.ts';
import { openOwnership } from '../../../src/daemon/gateway/ownership.ts';
import { openPeople } from '../../../src/daemon/gateway/people/find.ts';
import { readPermits } from '../../../src/daemon/gateway/permits.ts';
import { openUpstreams } from '../../../src/daemon/gateway/upstream/projects.ts';
import { type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { newKey } from '../../core/audit/entries.ts';
import { entering } from '../people/people.ts';

interface Given extends Partial<Pick<GatewayTools, 'quotas' | 'approvals'>> {
  readonly clock?: Clock;
  readonly http?: Transport;
}

const realTime: Clock = { now: Date.now, sleep: async () => {} };

/** A gateway before a sandbox, with people whose tokens are good. */
export async function startGateway(
  open: () => Promise<Store>,
  options: SandboxOptions = {},
  { clock = realTime, http = createTransport({ env: {} }), ...more }: Given = {},
) {
  const sandbox = await startSandbox({ actionDuration: 50, ...options });
  onTestFinished(() => sandbox.stop());
  const store = await open();
  onTestFinished(() => store.close());
  const logged: string[] = [];
  const write = (message: string, about?: unknown) => void logged.push(`${message} ${JSON.stringify(about ?? {})}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const audit = openAudit({ store, clock, key: newKey() });
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const refusals = createRefusals({ audit, log, clock, signal: stopping.signal });
  const upstreams = await openUpstreams({
    ...{ store, clock, log, signal: stopping.signal, key: useKey(new Uint8Array(32)) },
    http,
    find: () => ({ endpoint: sandbox.url, token: sandbox.token, from: 'the test' }),
  });
  const tools: GatewayTools = {
    ...{ audit, refusals, log, clock, upstreams, mask: audit.mask, kept: keepTexts(100) },
    ownership: openOwnership({ store, clock }),
    deeds: openDeeds({ store, clock }),
    repeats: createRepeats({ store, clock }),
    permits: (principal, project) => readPermits(store, principal, project),
    quotas: { require: async () => [] },
    approvals: {
      require: async () => {
        throw new Error('nothing takes a second person here');
      },
    },
    ...more,
  };
  const app = new Hono<Env>();
  const admit = createAdmit({ refusals }, { people: openPeople({ store, audit, clock, log }) });
  const gateway = createGateway(tools);
  app.use(async (c, next) => {
    c.set('requestId', 'request-1');
    await next();
  });
  app.onError((error, c) => {
    const { status, body } = problemOf(toFailure(error));
    if (status === 500) logged.push(String(error.stack));
    return c.json(body, status as 500);
  });
  for (const path of ['/v1/*', '/projects/:project/v1/*']) {
    app.use(path, admit.enter);
    app.all(path, gateway);
  }
  const people = entering(store, clock.now);
  /** Asks as the bearer of a token; the body parsed. */
  async function ask(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const response = await app.request(`/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
  const tokenOf = async (email: string, role = 'client', given = {}) =>
    people.token(await people.user(email, { role }), given);
  return { sandbox, store, tools, app, ask, people, tokenOf, logged, upstreams };
}
