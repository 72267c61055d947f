import { user } from '../../core/resources/user.ts';
import type { Command } from '../command.ts';
import { verbCommand } from '../resource-group.ts';
import { runCreate } from '../run-create.ts';
import { askPassword } from './ask-password.ts';

const verb = user.verbs.create!;
const regular = verbCommand(user, 'create', verb);

/** `user create`: with a password that is asked for where no file has it. */
export const createUser: Command = {
  ...regular,
  description:
    'The password is asked for on a terminal, or read from a file or standard input; never from the command line, where other users could see it. It has 12 characters at least. With `cloudctl user invite` people choose one themselves.',
  get fields() {
    const { 'password-file': file, ...rest } = regular.fields;
    return { ...rest, 'password-file': { ...file!, required: false } };
  },
  async run(session, input) {
    const given = input as Readonly<Record<string, unknown>>;
    const file = given['password-file'] as string | undefined;
    const password = await askPassword(session, file, { who: String(given.email), isNew: true });
    const asked = { ...given, 'password-file': '-' };
    const run: typeof verb.run = call => verb.run({ ...call, readFile: async () => Buffer.from(password) });
    await runCreate({ session, resource: user, name: 'create', verb: { ...verb, run }, input: asked });
  },
};
