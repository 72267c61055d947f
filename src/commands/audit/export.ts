import type { Query } from '../../core/api.ts';
import { formatEntry } from '../../core/audit/export.ts';
import { field } from '../../core/field.ts';
import type { Item } from '../../core/resource.ts';
import { audit, auditFilters } from '../../core/resources/audit.ts';
import { bodyOf } from '../../core/verbs.ts';
import { apiExits, command } from '../command.ts';

const fields = {
  format: field('text', 'One JSON object a line, or one record of syslog (RFC 5424)', {
    choices: ['jsonl', 'syslog'],
    default: 'jsonl',
  }),
  ...auditFilters,
};

/** `audit export`: entries oldest first, a line each. */
export const exportEntries = command({
  name: 'export',
  summary: 'Write the log out, oldest first, a line an entry',
  description:
    'The lines of jsonl have all that the hash of an entry covers, so that a whole export can be checked by itself.',
  fields,
  examples: [
    'cloudctl audit export > audit.jsonl',
    'cloudctl audit export --format syslog --since 2026-11-01 | nc -q1 log.example 601',
  ],
  exits: apiExits,
  run: async (session, { format, ...given }) => {
    const { world } = session;
    const api = await session.api('daemon');
    const query = { ...bodyOf(auditFilters, given), sort: ['id:asc'] } as Query;
    for await (const entry of api.list<Item>(audit.path, query)) {
      if (world.out.closed) return;
      world.out.write(`${formatEntry(format === 'syslog' ? 'syslog' : 'jsonl', entry)}\n`);
    }
  },
});
