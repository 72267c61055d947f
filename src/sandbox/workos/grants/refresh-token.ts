import { textOf } from '../realm.ts';
import { exchange } from '../sessions.ts';
import { type Grant, requireSecret, requireText } from './grant.ts';

/** Exchanges a refresh token; public clients need no secret, one that is sent must be right. */
export const refreshToken: Grant = (realm, call) => {
  if (textOf(call.body, 'client_secret') !== undefined) requireSecret(realm, call);
  return exchange(realm, requireText(call, 'refresh_token'), textOf(call.body, 'organization_id'));
};
