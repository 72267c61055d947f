import type { Tools } from '../../tools.ts';
import type { Deeds } from '../deeds.ts';
import type { Ownership } from '../ownership.ts';
import type { Asker, Upstream, Upstreams } from '../upstream/upstream.ts';

/** What the reconciler works with. */
export interface ReconcileTools extends Pick<Tools, 'store' | 'audit' | 'clock' | 'log' | 'random' | 'signal'> {
  readonly ownership: Ownership;
  readonly deeds: Deeds;
  readonly upstreams: Upstreams;
}

/** One collection of one project. */
export interface Place {
  readonly upstream: Upstream;
  /** Path of the collection. */
  readonly type: string;
}

/** It comes after everybody who waits for an answer. */
export const asker: Asker = { tenant: 'daemon', urgency: 'background' };
