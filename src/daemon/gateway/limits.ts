import type { Item } from '../../core/resource.ts';
import type { Step } from '../../core/store/store.ts';
import type { Ask } from './ask.ts';

/** How much an owner may have. */
export interface Quotas {
  /** Takes room for what is asked for, and gives the writes that give it back where nothing comes of it; throws `refused` (`resource_limit_exceeded`) that names the quota when there is none. `target` is what the path names, `request` the label of what is to be made, where something is. */
  require(
    ask: Ask,
    body: Readonly<Record<string, unknown>>,
    target: Item | undefined,
    request: string | undefined,
  ): Promise<readonly Step[]>;
}

/** What takes a second person. */
export interface Approvals {
  /** The write that uses up the approval of this very request; throws `forbidden`, with the number of what now waits for somebody, where there is none. */
  require(ask: Ask, permission: string): Promise<Step>;
}
