import { Failure } from '../failure.ts';
import { isRecord } from './secrets.ts';

/** What an access token says of itself, read without checking its signature: for showing and for timing only. */
export interface Claims {
  /** Id of the user. */
  readonly user: string;
  readonly session?: string;
  readonly organization?: string;
  readonly role?: string;
  readonly permissions: readonly string[];
  /** Milliseconds from being issued to expiring. */
  readonly lifetime: number;
}

/** The claims of an access token; throws `unreachable` when it is none, since a server gave it. */
export function readClaims(token: string): Claims {
  const claims = parsePayload(token);
  const { sub, sid, org_id, role, permissions, exp, iat } = claims ?? {};
  if (typeof sub !== 'string' || typeof exp !== 'number' || typeof iat !== 'number' || exp <= iat) {
    throw new Failure('unreachable', 'the sign-in gave an access token that cannot be understood');
  }
  return {
    user: sub,
    session: textOf(sid),
    organization: textOf(org_id),
    role: textOf(role),
    permissions: Array.isArray(permissions) ? permissions.filter(one => typeof one === 'string') : [],
    lifetime: (exp - iat) * 1000,
  };
}

function parsePayload(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
