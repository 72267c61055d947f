import { freshAccount } from '../../core/auth/refresh.ts';
import { command, outputFields } from '../command.ts';
import { tell } from '../context/tell.ts';
import { parseFormat } from '../output/format.ts';
import { findAccount, openDesk } from './desk.ts';
import { accountField } from './show.ts';

/** `auth token`: for other programs; the one command whose output is a secret. */
export const token = command({
  name: 'token',
  summary: 'Print a valid access token, for use in other tools',
  description:
    'The token is refreshed first when it is about to expire. It is good for some minutes only, so ask for it each time, as in HCLOUD_TOKEN="$(cloudctl auth token)". Do not put it on a command line, where other users can see it.',
  fields: { account: accountField },
  examples: ['cloudctl auth token', 'cloudctl auth token ada@example.com'],
  exits: ['unauthorized', 'not_found', 'unreachable', 'busy'],
  async run(session, input) {
    const { tokens } = await freshAccount(openDesk(session), await findAccount(session, input.account));
    session.world.out.write(`${tokens.accessToken}\n`);
  },
});

/** `auth refresh`: new tokens now, with the role as it is now. */
export const refresh = command({
  name: 'refresh',
  summary: 'Exchange the tokens now, such as after a change of role',
  description: 'Commands do this by themselves when a token is about to expire.',
  fields: { account: accountField, ...outputFields },
  examples: ['cloudctl auth refresh'],
  exits: ['unauthorized', 'not_found', 'unreachable', 'busy'],
  async run(session, input) {
    const format = parseFormat(input);
    const name = await findAccount(session, input.account);
    const { tokens } = await freshAccount(openDesk(session), name, { force: true });
    const expires = new Date(tokens.expiresAt).toISOString();
    await tell(session, format, name, `refreshed, good until ${expires}`, { account: name, expires });
  },
});
