import { field } from '../../core/field.ts';
import { user } from '../../core/resources/user.ts';
import { type Command, outputFields, rehearseFields } from '../command.ts';
import { verbCommand } from '../resource-group.ts';
import { runTargets } from '../run-targets.ts';

const verb = user.verbs.update!;
const { exits, columns } = verbCommand(user, 'update', verb);

/** `role grant`: what `user update --role` does, said from the side of the role. */
export const grantRole: Command = {
  name: 'grant',
  summary: 'Give users a role, in place of the one they have',
  description:
    'The same as `cloudctl user update <user> --role <role>`. It counts from the next request on, for the tokens of the user too. Nobody gives a role that may more than they may themselves.',
  fields: {
    role: { ...verb.fields.role!, operand: 'one', required: true },
    user: field('repeat', 'Who: e-mail addresses, ids or patterns', {
      required: true,
      refers: { resource: 'user', as: 'name' },
    }),
    ...rehearseFields,
    ...outputFields,
  },
  examples: [
    'cloudctl role grant operator --user ada@example.com',
    "cloudctl role grant viewer --user '*@partner.example' --dry-run",
  ],
  exits,
  columns,
  run: (session, input) => runTargets({ session, resource: user, name: 'grant', verb, input }),
};
