import type { AuditLog } from '../../core/audit/log.ts';
import { pruneTokens } from '../gateway/people/prune.ts';
import { pruneEnds } from '../gateway/people/workos-ends.ts';
import type { Tools } from '../tools.ts';
import { pruneEvents } from './events/prune.ts';
import { createRepeats } from './repeats.ts';

/** What the API leaves behind is put in order: to be called each hour, and when the daemon stops. Signs the audit log, forgets old events, answers and tokens. */
export async function housekeep(
  tools: Pick<Tools, 'store' | 'clock'> & { readonly audit: Pick<AuditLog, 'checkpoint'> },
): Promise<void> {
  await tools.audit.checkpoint();
  await pruneEvents(tools);
  await createRepeats(tools).prune();
  await pruneTokens(tools);
  await pruneEnds(tools);
}
