import type { AuditLog } from '../../../core/audit/log.ts';
import { type EntryFilters, readEntries, readEntry } from '../../../core/audit/read.ts';
import type { Store } from '../../../core/store/store.ts';
import type { Service } from '../service.ts';
import { pageOf } from './page.ts';

/** What can be done with the audit log: read and checked. */
export function auditService({
  store,
  audit,
}: {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'verify'>;
}): Service {
  return {
    list: ({ input, query }) => readEntries(store, input as EntryFilters, pageOf(query)),
    describe: async ({ id }) => ({ audit_entry: await readEntry(store, id!) }),
    verify: async () => ({ verification: await audit.verify() }),
  };
}
