import type { ConfigDocument } from '../config/document.ts';
import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import type { Secrets } from './secrets.ts';

/** The name of the account that is meant: the one named, else the active one, else the only one; throws `not_found` for a name that is not there, `unauthorized` where nobody has signed in. */
export function currentAccount(
  { accounts }: Pick<Secrets, 'accounts'>,
  { active_account: active }: ConfigDocument,
  named?: string,
): string {
  const names = [...accounts.keys()];
  if (named !== undefined) {
    if (accounts.has(named)) return named;
    const meant = nearest(named, names);
    throw new Failure('not_found', `account not found: ${named}`, {
      hint: meant ? `Did you mean ${meant}? All: cloudctl auth list` : 'cloudctl auth list',
    });
  }
  if (active !== undefined && accounts.has(active)) return active;
  if (names.length === 1) return names[0]!;
  if (names.length === 0) throw new Failure('unauthorized', 'nobody has signed in here', { hint: 'cloudctl login' });
  throw new Failure('usage', `which account is meant is not clear: ${names.join(', ')}`, {
    hint: 'cloudctl auth switch <account>',
  });
}
