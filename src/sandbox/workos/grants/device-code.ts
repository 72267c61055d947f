import { activeMemberships } from '../people.ts';
import { oauthProblem } from '../problem.ts';
import type { Realm } from '../realm.ts';
import { textOf } from '../realm.ts';
import { requireSelection } from '../selection.ts';
import { beginSession } from '../sessions.ts';
import type { DeviceCode } from '../state.ts';
import { entryOf, type Grant } from './grant.ts';

/** A poll of the device flow: waits, says no, or begins the session, once. */
export const deviceCode: Grant = (realm, call) => {
  const code = realm.state.deviceCodes.get(textOf(call.body, 'device_code') ?? '');
  if (!code) throw oauthProblem('invalid_grant', 'The device code is unknown.');
  checkPoll(realm, code);
  code.status = 'used';
  const user = realm.state.users.get(code.user!);
  if (!user) throw oauthProblem('access_denied', 'The user does not exist any more.');
  return beginSession(realm, entryOf(call, user, chooseOrganization(realm, code), 'OAuth'));
};

function checkPoll(realm: Realm, code: DeviceCode): void {
  const now = realm.now();
  if (code.status === 'used') throw oauthProblem('invalid_grant', 'The device code was used already.');
  if (code.status === 'denied') throw oauthProblem('access_denied', 'The user denied the request.');
  if (now >= code.expiresAt) throw oauthProblem('expired_token', 'The device code has expired.');
  if (code.status === 'approved') return;
  const isTooFast = code.polledAt !== undefined && now - code.polledAt < code.interval * 1000;
  code.polledAt = now;
  if (!isTooFast) throw oauthProblem('authorization_pending', 'The user has not answered yet.');
  code.interval += 5;
  throw oauthProblem('slow_down', `Polled too fast; the interval is ${code.interval} seconds now.`);
}

/** The organization chosen at the approval, the only one, or what the setting says for several. */
function chooseOrganization(realm: Realm, code: DeviceCode): string | undefined {
  if (code.organization !== undefined) return code.organization;
  const memberships = activeMemberships(realm, code.user!);
  if (memberships.length > 1) {
    const { organizationSelection } = realm.settings;
    if (organizationSelection === 'none') return undefined;
    if (organizationSelection === 'error') requireSelection(realm, realm.state.users.get(code.user!)!, 'OAuth');
  }
  return memberships[0]?.organization_id;
}
