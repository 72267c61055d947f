import { deviceCode } from './grants/device-code.ts';
import { type Grant, requireText } from './grants/grant.ts';
import { organizationSelection } from './grants/organization-selection.ts';
import { password } from './grants/password.ts';
import { refreshToken } from './grants/refresh-token.ts';
import { oauthProblem } from './problem.ts';
import type { WorkosHandler } from './realm.ts';

const grants: Record<string, Grant> = {
  'urn:ietf:params:oauth:grant-type:device_code': deviceCode,
  refresh_token: refreshToken,
  password,
  'urn:workos:oauth:grant-type:organization-selection': organizationSelection,
};

/** Gives tokens to a client of this environment, by the grant that it names. */
export const authenticate: WorkosHandler = (realm, call) => {
  const grantType = requireText(call, 'grant_type');
  if (requireText(call, 'client_id') !== realm.settings.clientId) {
    throw oauthProblem('invalid_client', 'Invalid client ID.');
  }
  if (!Object.hasOwn(grants, grantType)) {
    throw oauthProblem('unsupported_grant_type', 'This grant type is not supported.');
  }
  return { status: 200, body: grants[grantType]!(realm, call), headers: { 'Cache-Control': 'no-store' } };
};
