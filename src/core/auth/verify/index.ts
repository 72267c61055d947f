import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock, Transport } from '../../world.ts';
import { type Audience, badClaim, type Principal, readPrincipal, tolerance, tooEarly } from './claims.ts';
import { readKeyId } from './compact-form.ts';
import { parseKeysUrl } from './fetch-keys.ts';
import { createKeySet } from './key-set.ts';
import { refusal } from './refusal.ts';

export type { Principal } from './claims.ts';

/** What tokens are taken: those of one environment of WorkOS. */
export interface VerifierOptions extends Audience {
  /** Where the keys are; nothing in a token leads elsewhere. */
  readonly jwksUrl: string;
  /** `iss` must be one of these. */
  readonly issuers: readonly string[];
  /** How much of an answer is read at all is its own limit; more than 256 KiB are not taken. */
  readonly http: Transport;
  readonly clock: Clock;
}

export interface Verifier {
  /** Who calls with that access token. Rejects with `unauthorized` when it is not good, with `unreachable` when the keys to tell cannot be had. */
  verify(token: string): Promise<Principal>;
}

/** Verifies the access tokens of one WorkOS environment, RS256 only, with 5 s for differing clocks; throws `usage` when the keys would not come over https, or from this machine. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { jwksUrl, issuers, http, clock } = options;
  const keys = createKeySet(parseKeysUrl(jwksUrl), http, clock);
  return {
    async verify(token) {
      const key = await keys.find(readKeyId(token));
      if (!key) throw notSigned();
      const now = clock.now();
      const { payload } = await jwtVerify<JWTPayload>(token, key, {
        algorithms: ['RS256'],
        issuer: [...issuers],
        clockTolerance: tolerance,
        currentDate: new Date(now),
      }).catch(error => {
        throw explain(error);
      });
      return readPrincipal(payload, options, now);
    },
  };
}

/** In our own words and without the cause: jose's errors have the claims in them. What is not jose's is a bug. */
function explain(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refusal('the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return refusal('the token was issued by someone else');
    return error.reason === 'check_failed' ? tooEarly() : badClaim(error.claim);
  }
  return error instanceof errors.JOSEError ? notSigned() : error;
}

function notSigned() {
  return refusal('the token is not signed by the issuer');
}
