import { newSecret, newUserCode, normalizeUserCode } from './ids.ts';
import { findOrganization, findUser, requireMembership } from './people.ts';
import { codedProblem, oauthProblem } from './problem.ts';
import type { Realm, WorkosHandler } from './realm.ts';
import { textOf } from './realm.ts';
import type { DeviceCode } from './state.ts';

/** Who signs in, by id or e-mail address (the first user where absent), and into what, by id or name. */
export interface Choice {
  user?: string;
  organization?: string;
}

/** Gives out a device code to a public client. */
export const authorizeDevice: WorkosHandler = (realm, { body }) => {
  const { settings, state } = realm;
  if (textOf(body, 'client_id') !== settings.clientId) throw oauthProblem('invalid_client', 'Invalid client ID.');
  if (!settings.deviceGrant) {
    throw oauthProblem('access_denied', 'The device grant is not enabled for this environment.', 403);
  }
  const code: DeviceCode = {
    deviceCode: newSecret(),
    userCode: newUserCode(),
    expiresAt: realm.now() + settings.deviceCodeLifetime * 1000,
    interval: settings.interval,
    polledAt: undefined,
    status: 'pending',
    user: undefined,
    organization: undefined,
    formToken: newSecret(),
  };
  state.deviceCodes.set(code.deviceCode, code);
  if (settings.autoApprove) approve(realm, code.userCode, {});
  const page = `${realm.origin()}/device`;
  return {
    status: 200,
    body: {
      device_code: code.deviceCode,
      user_code: code.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${code.userCode}`,
      expires_in: settings.deviceCodeLifetime,
      interval: settings.interval,
    },
  };
};

/** The code that waits for an answer; throws 400 for an unknown, expired or answered one. */
export function findWaiting(realm: Realm, userCode: string): DeviceCode {
  const wanted = normalizeUserCode(userCode);
  const code = [...realm.state.deviceCodes.values()].find(code => code.userCode === wanted);
  if (!code) throw codedProblem(400, 'invalid_user_code', 'This code is not known.');
  if (code.status !== 'pending') throw codedProblem(400, 'invalid_user_code', 'This code was used already.');
  if (realm.now() >= code.expiresAt) throw codedProblem(400, 'invalid_user_code', 'This code has expired.');
  return code;
}

/** Lets the sign-in of a code go on, as the user chosen; throws where there is no such code, user or membership. */
export function approve(realm: Realm, userCode: string, choice: Choice): DeviceCode {
  const code = findWaiting(realm, userCode);
  const user = findUser(realm, choice.user);
  const organization = choice.organization === undefined ? undefined : findOrganization(realm, choice.organization).id;
  if (organization !== undefined) requireMembership(realm, user.id, organization);
  return Object.assign(code, { status: 'approved', user: user.id, organization });
}

/** Ends the sign-in of a code; throws where there is no such code. */
export function deny(realm: Realm, userCode: string): DeviceCode {
  return Object.assign(findWaiting(realm, userCode), { status: 'denied' });
}
