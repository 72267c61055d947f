import { oauthProblem } from '../problem.ts';
import type { Realm, WorkosCall } from '../realm.ts';
import { textOf } from '../realm.ts';
import type { Entry } from '../sessions.ts';
import type { User } from '../state.ts';

/** One way to get tokens: the body of the answer, or a WorkosProblem thrown. */
export type Grant = (realm: Realm, call: WorkosCall) => Readonly<Record<string, unknown>>;

/** The sign-in of a user by this request. */
export function entryOf(call: WorkosCall, user: User, organization: string | undefined, method: string): Entry {
  return {
    user,
    organization,
    method,
    ipAddress: textOf(call.body, 'ip_address'),
    userAgent: textOf(call.body, 'user_agent') ?? call.headers['user-agent'],
  };
}

/** Throws 400 `invalid_client` unless the request proves that it comes from a confidential client. */
export function requireSecret({ settings }: Realm, { body }: WorkosCall): void {
  if (textOf(body, 'client_secret') !== settings.apiKey) throw oauthProblem('invalid_client', 'Invalid client secret.');
}

/** A field of the body; throws 400 `invalid_request` where it is absent. */
export function requireText({ body }: WorkosCall, name: string): string {
  const value = textOf(body, name);
  if (value === undefined) throw oauthProblem('invalid_request', `The parameter ${name} is required.`);
  return value;
}
