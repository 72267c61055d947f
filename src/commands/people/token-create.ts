import { token } from '../../core/resources/token.ts';
import type { Command } from '../command.ts';
import { note } from '../context/tell.ts';
import { writeData } from '../output/data.ts';
import { verbCommand } from '../resource-group.ts';
import { runCreate } from '../run-create.ts';
import { formatFor, lookOf } from '../run-list.ts';
import { verbCall } from '../verb-call.ts';

const verb = token.verbs.create!;
const regular = verbCommand(token, 'create', verb);

/** `token create`: prints the token and nothing else, so that it can be taken up by a script. */
export const createToken: Command = {
  ...regular,
  description:
    'The token is shown once, alone on standard output; the daemon keeps its SHA-256 only. It may what its user may at each moment, and of that no more than --permission, --role, --selector and --project leave. With -o json it comes with all that is known of it.',
  async run(session, input) {
    const given = input as Readonly<Record<string, unknown>>;
    if (given['dry-run']) return runCreate({ session, resource: token, name: 'create', verb, input: given });
    const format = formatFor(session, token, given);
    const { value } = await verb.run(await verbCall(session, token, verb, given));
    const made = value as {
      readonly text: string;
      readonly token: { readonly name: string; readonly expires: string };
    };
    if (format.machine || format.query !== undefined || format.kind === 'template') {
      return writeData(session.world.out, format, made, lookOf(session));
    }
    session.world.out.write(`${made.text}\n`);
    note(session, format, `token ${made.token.name} is shown this once, and is good until ${made.token.expires}`);
  },
};
