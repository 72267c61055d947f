import { Failure } from '../../core/failure.ts';
import { audit } from '../../core/resources/audit.ts';
import { apiExits, command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { writeItem } from '../output/item.ts';
import { lookOf } from '../run-list.ts';
import { verbCall } from '../verb-call.ts';

/** What the daemon has found in its log. */
interface Verification {
  readonly entries: number;
  readonly checkpoints: number;
  readonly intact: boolean;
  readonly faults: readonly string[];
}

const { summary } = audit.verbs.verify!;

/** `audit verify`: fails with `refused` when the log is not what it was. */
export const verify = command({
  name: 'verify',
  summary,
  description:
    'Each entry holds the hash of the one before it, and checkpoints are signed: an entry that was changed, taken away or put in is found, and so is an end that was cut off behind the newest checkpoint.',
  fields: outputFields,
  examples: ['cloudctl audit verify', 'cloudctl audit verify -o json'],
  exits: [...apiExits, 'refused'],
  run: async (session, input) => {
    const format = parseFormat(input);
    const verb = audit.verbs.verify!;
    const { value } = await verb.run(await verbCall(session, audit, verb, {}));
    const { verification } = value as { readonly verification: Verification };
    const how = { nameOf: () => 'audit', idOf: () => 'audit', ...lookOf(session) };
    await writeItem(session.world.out, format, verification, how);
    if (verification.intact) return;
    throw new Failure('refused', `the audit log is not intact: ${verification.faults[0] ?? 'no reason given'}`, {
      details: { faults: verification.faults },
      hint: 'Keep the store as it is, and compare it with its last copy',
    });
  },
});
