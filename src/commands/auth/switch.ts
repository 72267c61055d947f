import { openCredentials } from '../../core/auth/credentials.ts';
import { currentAccount } from '../../core/auth/current.ts';
import { freshAccount } from '../../core/auth/refresh.ts';
import type { Secrets } from '../../core/auth/secrets.ts';
import { activateAccount, type ConfigDocument } from '../../core/config/document.ts';
import { changeConfig } from '../../core/config/file.ts';
import { requireConfigPath } from '../../core/config/paths.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { tell } from '../context/tell.ts';
import { parseFormat } from '../output/format.ts';
import type { Session } from '../session.ts';
import { openDesk } from './desk.ts';

/** `auth switch`: another account becomes the active one, or an account goes to another organization. */
export const switchAccount = command({
  name: 'switch',
  summary: 'Make another account the active one, or change its organization',
  description:
    'Of two accounts the other one is taken where none is named; of more, one is chosen on a terminal. With --org the tokens of the account named, or of the active one, are exchanged for ones of that organization.',
  fields: {
    account: field('text', 'Name of the account', { operand: 'optional' }),
    org: field('text', 'Organization to act in from now on, by its id', { placeholder: 'id' }),
    ...outputFields,
  },
  examples: ['cloudctl auth switch ben@example.com', 'cloudctl auth switch --org org_01HABCDEF'],
  exits: ['unauthorized', 'forbidden', 'not_found', 'unreachable', 'busy'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const secrets = await openCredentials(world, settings.configPath).read();
    const name = await chooseAccount(session, secrets, settings.document, input);
    if (input.org !== undefined) await freshAccount(openDesk(session), name, { organization: input.org });
    await changeConfig(requireConfigPath(settings.configPath), world, document => activateAccount(document, name));
    const where = input.org === undefined ? '' : ` in ${input.org}`;
    await tell(session, format, name, `active${where}`, { account: name, active: true, organization_id: input.org });
  },
});

async function chooseAccount(
  session: Session,
  secrets: Secrets,
  document: ConfigDocument,
  { account, org }: { readonly account?: string; readonly org?: string },
): Promise<string> {
  if (account !== undefined || org !== undefined) return currentAccount(secrets, document, account);
  const names = [...secrets.accounts.keys()];
  const others = names.filter(name => name !== document.active_account);
  if (names.length <= 1) return currentAccount(secrets, document);
  if (others.length === 1) return others[0]!;
  if (!session.interactive) {
    throw new Failure('usage', 'which account is meant is not clear', { hint: `Name one of: ${others.join(', ')}` });
  }
  const [{ prompt }, { escapeControls }] = await Promise.all([
    import('../output/prompt.ts'),
    import('../output/escape.ts'),
  ]);
  const choices = names.map(name => ({ name: escapeControls(name), value: name }));
  return String(await prompt(session.world, { type: 'select', message: 'Account', choices }));
}
