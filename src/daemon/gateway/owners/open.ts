import type { AlertTools } from '../../alerts/tools.ts';
import type { Mask } from '../../api/entries.ts';
import type { Service } from '../../api/service.ts';
import { openApprovals } from '../approvals/approvals.ts';
import { approvalService } from '../approvals/service.ts';
import type { Approvals, Quotas } from '../limits.ts';
import { type Ownership, openOwnership } from '../ownership.ts';
import { openQuotas } from '../quotas/quotas.ts';
import { quotaService } from '../quotas/service.ts';
import type { Upstreams } from '../upstream/upstream.ts';
import { ownerService } from './service.ts';

/** What belongs to whom, how much of it there may be, and what takes a second person. */
export interface Owners {
  readonly ownership: Ownership;
  readonly quotas: Quotas;
  readonly approvals: Approvals;
  readonly services: Readonly<Record<'quota' | 'approval' | 'owner', Service>>;
}

/** Owners of a store. */
export function openOwners(given: AlertTools & { readonly upstreams: Upstreams; readonly mask: Mask }): Owners {
  const tools = { ...given, ownership: openOwnership(given) };
  return {
    ownership: tools.ownership,
    quotas: openQuotas(tools),
    approvals: openApprovals(tools),
    services: { quota: quotaService(tools), approval: approvalService(tools), owner: ownerService(tools) },
  };
}
