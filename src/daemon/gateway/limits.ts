import type { Item } from '../../core/resource.ts';
import type { Step } from '../../core/store/store.ts';
import type { Ask } from './ask.ts';

/** How much an owner may have. */
export interface Quotas {
  /** Throws `refused` (`resource_limit_exceeded`) that names the quota when what is asked for would go beyond one; `target` is what the path names. */
  require(ask: Ask, body: Readonly<Record<string, unknown>>, target: Item | undefined): Promise<void>;
}

/** What takes a second person. */
export interface Approvals {
  /** The write that uses up the approval of this very request; throws `forbidden`, with the number of what now waits for somebody, where there is none. */
  require(ask: Ask, permission: string): Promise<Step>;
}
