import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import type { Entry } from '../../../src/core/audit/audit.ts';
import { openAudit } from '../../../src/core/audit/log.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { fakeClock } from '../../helpers/clock.ts';

/** A key that signs. */
export const newKey = () => generateKeyPairSync('ed25519').privateKey;

/** A log in that store, with a clock that stands. */
export const logIn = (store: Store, key = newKey(), clock = fakeClock()) => openAudit({ store, clock, key });

/** An entry as something that happens often. */
export const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  actor: 'admin@host',
  action: 'schedule.create',
  target: { type: 'schedule', id: 1, name },
  result: 'done',
  ...more,
});

const text = fc.string({ unit: 'binary', maxLength: 40 });

/** Entries with whatever text there is. */
export const anyEntry: fc.Arbitrary<Entry> = fc.record(
  {
    actor: text,
    action: text,
    target: fc.record({ type: text, id: fc.oneof(text, fc.nat()), name: text }),
    result: fc.constantFrom('begun', 'done', 'refused', 'failed'),
    reason: text,
    of: fc.integer({ min: 1, max: 1e6 }),
    requestId: text,
    address: text,
    difference: fc.jsonValue(),
  },
  { requiredKeys: ['actor', 'action', 'target', 'result'] },
);
