import { refusal } from './refusal.ts';

/** Who calls, as a verified token says. */
export interface Principal {
  /** `sub`. */
  readonly user: string;
  /** `sid`, for revocation. */
  readonly session: string;
  /** `org_id`. */
  readonly organization?: string;
  readonly role?: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** `act.sub`: who really acts, in the name of `user`. */
  readonly actor?: string;
  /** `jti`. */
  readonly tokenId?: string;
}

/** For whom a token must be. */
export interface Audience {
  /** `client_id` and `aud` must be it when present. */
  readonly clientId: string;
  /** In place of the client id `aud` must have this, and must be there. */
  readonly audience?: string;
  /** `org_id` must be one of these, and must be there; without them any will do. */
  readonly organizations?: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/** Seconds by which the clocks of issuer and verifier may differ. */
export const tolerance = 5;

/** The latest time that a Date can have, in milliseconds. */
const endOfTime = 8.64e15;

/** Who calls, by the claims of a token whose signature, issuer, `exp` and `nbf` are verified; throws `unauthorized` when it is for others, or a claim is missing or of another form than WorkOS gives it. */
export function readPrincipal(claims: Claims, wanted: Audience, now: number): Principal {
  checkAudience(claims, wanted);
  const organization = optional(claims, 'org_id', readText);
  checkOrganization(organization, wanted);
  const issuedAt = readTime(claims, 'iat');
  if (issuedAt > now + tolerance * 1000) throw tooEarly();
  return {
    user: readText(claims, 'sub'),
    session: readText(claims, 'sid'),
    organization,
    role: optional(claims, 'role', readText),
    roles: optional(claims, 'roles', readTexts) ?? [],
    permissions: optional(claims, 'permissions', readTexts) ?? [],
    expiresAt: readTime(claims, 'exp'),
    issuedAt,
    actor: optional(claims, 'act', readActor),
    tokenId: optional(claims, 'jti', readText),
  };
}

function checkAudience(claims: Claims, { clientId, audience }: Audience): void {
  const client = optional(claims, 'client_id', readText) ?? clientId;
  const audiences = audience === undefined ? optional(claims, 'aud', readAudiences) : readAudiences(claims, 'aud');
  if (client !== clientId || (audiences && !audiences.includes(audience ?? clientId))) {
    throw refusal('the token is for another application');
  }
}

function checkOrganization(organization: string | undefined, { organizations }: Audience): void {
  if (!organizations) return;
  if (organization === undefined) throw refusal('the token is for no organization', 'Choose an organization');
  if (!organizations.includes(organization)) {
    throw refusal('the token is for another organization', 'Choose another organization');
  }
}

function optional<T>(claims: Claims, name: string, read: (claims: Claims, name: string) => T): T | undefined {
  return claims[name] === undefined ? undefined : read(claims, name);
}

function readText(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || value === '') throw badClaim(name);
  return value;
}

function readTexts(claims: Claims, name: string): readonly string[] {
  const value = claims[name];
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string' && item !== '')) throw badClaim(name);
  return value;
}

function readAudiences(claims: Claims, name: string): readonly string[] {
  return Array.isArray(claims[name]) ? readTexts(claims, name) : [readText(claims, name)];
}

/** JSON can say 1e999, which is no time at all. */
function readTime(claims: Claims, name: string): number {
  const value = claims[name];
  const time = typeof value === 'number' ? value * 1000 : Number.NaN;
  if (!(time >= 0 && time <= endOfTime)) throw badClaim(name);
  return time;
}

function readActor(claims: Claims, name: string): string {
  const { sub } = Object(claims[name]);
  return readText({ [name]: sub }, name);
}

/** The refusal of a token whose claim of that name is missing or malformed. */
export function badClaim(name: string) {
  return refusal(`the token's claim '${name}' is missing or malformed`);
}

/** The refusal of a token that is not valid yet. */
export function tooEarly() {
  return refusal('the token is not valid yet', 'Check the clock of this machine, then sign in again');
}
