import { ulid } from './ids.ts';
import { oauthProblem } from './problem.ts';
import type { Realm, WorkosCall, WorkosHandler } from './realm.ts';
import { textOf } from './realm.ts';

const lifetime = 3600;

/** Gives a machine its token: for one organization, without a session and without a refresh token. */
export const grantToMachine: WorkosHandler = (realm, call) => {
  const { machine, clientId } = realm.settings;
  if (textOf(call.body, 'grant_type') !== 'client_credentials') {
    throw oauthProblem('unsupported_grant_type', 'Machines use client_credentials.');
  }
  const given = credentialsOf(call);
  if (given.id !== machine.clientId || given.secret !== machine.clientSecret) {
    throw oauthProblem('invalid_client', 'Invalid client credentials.', 401);
  }
  const scope = textOf(call.body, 'scope') ?? machine.scope;
  const allowed = machine.scope.split(' ');
  if (!scope.split(' ').every(word => allowed.includes(word))) {
    throw oauthProblem('invalid_scope', 'The machine does not have this scope.');
  }
  const iat = Math.floor(realm.now() / 1000);
  const token = realm.machineKeys.sign({
    iss: realm.origin(),
    aud: clientId,
    sub: machine.clientId,
    client_id: machine.clientId,
    org_id: machine.organization,
    scope,
    jti: ulid(realm.now()),
    exp: iat + lifetime,
    iat,
  });
  return {
    status: 200,
    body: { access_token: token, token_type: 'bearer', expires_in: lifetime, scope },
    headers: { 'Cache-Control': 'no-store' },
  };
};

/** The keys that machines' tokens are verified with. */
export const publishMachineKeys: WorkosHandler = (realm: Realm) => ({
  status: 200,
  body: { keys: realm.machineKeys.published() },
});

/** From the header, or else from the body; both are in use. */
function credentialsOf({ headers, body }: WorkosCall): { id: string | undefined; secret: string | undefined } {
  const basic = /^basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic === undefined) return { id: textOf(body, 'client_id'), secret: textOf(body, 'client_secret') };
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id: decode(id), secret: decode(secret.join(':')) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
