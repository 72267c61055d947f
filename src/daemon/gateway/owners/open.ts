import type { Action } from '../../../core/api.ts';
import { toFailure } from '../../../core/failure.ts';
import type { Log } from '../../../core/log.ts';
import type { Store } from '../../../core/store/store.ts';
import type { AlertTools } from '../../alerts/tools.ts';
import type { Mask } from '../../api/entries.ts';
import type { Service } from '../../api/service.ts';
import type { About } from '../../daemon-parts.ts';
import { openApprovals } from '../approvals/approvals.ts';
import { approvalService } from '../approvals/service.ts';
import type { Deeds } from '../deeds.ts';
import type { Approvals, Quotas } from '../limits.ts';
import { type Ownership, openOwnership } from '../ownership.ts';
import { openQuotas } from '../quotas/quotas.ts';
import { quotaService } from '../quotas/service.ts';
import { startReconciler } from '../reconcile/index.ts';
import type { Project, Upstreams } from '../upstream/upstream.ts';
import { ownerService } from './service.ts';

/** What belongs to whom, how much of it there may be, and what takes a second person. */
export interface Owners {
  readonly ownership: Ownership;
  readonly quotas: Quotas;
  readonly approvals: Approvals;
  readonly services: Readonly<Record<'quota' | 'approval' | 'owner', Service>>;
  /** Has store and Hetzner agree from now on; gives what stops it. */
  start(report: About['report']): () => Promise<void>;
}

/** Owners of a store; nothing is asked of Hetzner before `start`. */
export function openOwners(
  given: AlertTools & { readonly upstreams: Upstreams; readonly deeds: Deeds; readonly mask: Mask },
): Owners {
  const tools = { ...given, ownership: openOwnership(given) };
  return {
    ownership: tools.ownership,
    quotas: openQuotas(tools),
    approvals: openApprovals(tools),
    services: { quota: quotaService(tools), approval: approvalService(tools), owner: ownerService(tools) },
    start(report) {
      const reconciler = startReconciler(tools);
      report('owners', async () => reconciler.report());
      return reconciler.stop;
    },
  };
}

/** Writes down the actions that the daemon itself has begun, so that nobody takes them for somebody's beside it. */
export function noteActions(tools: { readonly store: Store; readonly deeds: Deeds; readonly log: Log }) {
  const { store, deeds, log } = tools;
  return ({ id }: Project, actions: readonly Action[], author: string): void => {
    store.commit(deeds.begin(id, actions, author, author)).catch(error => {
      log.warn('actions were not noted', { project: id, error: toFailure(error).message });
    });
  };
}
