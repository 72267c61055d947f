import type { Principal } from '../../../src/core/access/principal.ts';
import { useKey } from '../../../src/core/store/key.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { Transport } from '../../../src/core/world.ts';
import { ensureInbox } from '../../../src/daemon/alerts/channels.ts';
import type { Service } from '../../../src/daemon/api/service.ts';
import { type ApprovalTools, openApprovals } from '../../../src/daemon/gateway/approvals/approvals.ts';
import { approvalService } from '../../../src/daemon/gateway/approvals/service.ts';
import { ownerService } from '../../../src/daemon/gateway/owners/service.ts';
import { openPeople } from '../../../src/daemon/gateway/people/find.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import { openQuotas } from '../../../src/daemon/gateway/quotas/quotas.ts';
import { quotaService } from '../../../src/daemon/gateway/quotas/service.ts';
import type { SandboxOptions } from '../../../src/sandbox/index.ts';
import { startGateway } from './gateway-set-up.ts';

/** The gateway with quotas and approvals, and what the daemon serves of them; its clock can be moved on. */
export async function startOwning(
  open: () => Promise<Store>,
  options: SandboxOptions = {},
  given: { readonly http?: Transport } = {},
) {
  const late = <T extends object>(): T => ({}) as T;
  const [quotas, approvals] = [late<ReturnType<typeof openQuotas>>(), late<ReturnType<typeof openApprovals>>()];
  let moved = 0;
  const clock = { now: () => Date.now() + moved, sleep: async () => {} };
  const gateway = await startGateway(open, { clock, ...options }, { ...given, quotas, approvals });
  const tools = { ...gateway.tools, store: gateway.store, clock, key: useKey(new Uint8Array(32)) };
  // Nothing is told but to the inbox.
  const queue = {} as ApprovalTools['queue'];
  await ensureInbox(tools);
  Object.assign(quotas, openQuotas(tools));
  Object.assign(approvals, openApprovals({ ...tools, queue }));
  const services = {
    quota: quotaService(tools),
    approval: approvalService({ ...tools, queue }),
    owner: ownerService(tools),
  } as const;
  // Their tokens stay good, however the time is moved on.
  const people = openPeople({ ...tools, clock: gateway.tools.clock });

  /** One verb of the daemon's own, as the bearer of a token; as an administrator of the host where none is given. */
  async function serve(
    name: keyof typeof services,
    verb: string,
    { token, id, ...input }: { token?: string; id?: number } & Record<string, unknown> = {},
    // biome-ignore lint/suspicious/noExplicitAny: each verb answers in a shape of its own, and a wrong one fails the test.
  ): Promise<any> {
    const principal: Principal = token === undefined ? hostAdmin('root@socket') : await people.byToken(token);
    const caller = { ...principal, requestId: 'request-2', address: 'socket' };
    const given = verb === 'transfer' ? { input: { ...input, id } } : { id, input };
    return (services[name] as Service)[verb]!({ caller, query: {}, signal: new AbortController().signal, ...given });
  }
  const move = (ms: number) => {
    moved += ms;
  };
  return { ...gateway, tools, clock, move, serve };
}

/** The body of a new server. */
export const server = (name: string, more = {}) => ({
  name,
  server_type: 'cx23',
  image: 'debian-13',
  location: 'fsn1',
  ...more,
});
