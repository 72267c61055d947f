import { statSync } from 'node:fs';
import { join } from 'node:path';
import { HETZNER_ENDPOINT, parseEndpoint } from '../../core/config/endpoint.ts';
import { readIfThere } from '../../core/config/storage.ts';
import { checkToken } from '../../core/config/token.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Configuration } from './configuration.ts';
import type { Surroundings } from './places.ts';

/** The Hetzner project that the daemon works for. */
export interface Upstream {
  readonly endpoint: string;
  /** Undefined where none is given. */
  readonly token: string | undefined;
  /** What gave the token, or what could give one. */
  readonly from: string;
  /** Why there is no token although one was given. */
  readonly fault?: Failure;
}

/** What the unit passes as a credential where the host has none. */
export const nothing = 'none';

type Env = Surroundings['env'];

/** The address of Hetzner and the token for it: from the file that the configuration names, systemd's credential `hcloud-token`, or HCLOUD_TOKEN or CLOUDCTL_TOKEN, which go with the endpoint of the same layer. A token that cannot be used is a `fault`; throws `usage` for an endpoint that is none. */
export function findUpstream({ values }: Pick<Configuration, 'values'>, env: Env): Upstream {
  const stated = values['hetzner-endpoint'];
  const named = values['hetzner-token-file'];
  const credential = credentialFile(env, 'hcloud-token');
  for (const file of [named, credential]) {
    if (file === undefined) continue;
    const endpoint = parseEndpoint(stated ?? HETZNER_ENDPOINT);
    const found = readToken(file, endpoint);
    // A unit passes the credential where there is one; a file that is named has to be there.
    if (found.token !== undefined || found.fault || file === named) return { endpoint, from: file, ...found };
  }
  for (const layer of ['HCLOUD', 'CLOUDCTL'] as const) {
    const token = env[`${layer}_TOKEN`];
    if (!token) continue;
    const endpoint = parseEndpoint(stated ?? (env[`${layer}_ENDPOINT`] || HETZNER_ENDPOINT));
    return { endpoint, from: `${layer}_TOKEN`, ...attempt(() => checkToken(token, endpoint, `${layer}_TOKEN`)) };
  }
  const from = 'hetzner-token-file, the credential hcloud-token, or HCLOUD_TOKEN';
  return { endpoint: parseEndpoint(stated ?? HETZNER_ENDPOINT), from, token: undefined };
}

/** The token; it is for the endpoint that it was found with, and goes to no other. Throws `unauthorized` where there is none. */
export function requireToken({ token, from, endpoint, fault }: Upstream, expected: string): string {
  if (token !== undefined && endpoint === expected) return token;
  if (token !== undefined) {
    throw new Failure('unauthorized', `the token is for ${endpoint} now`, { hint: 'Restart the daemon' });
  }
  throw fault ?? new Failure('unauthorized', 'the daemon has no token of Hetzner', { hint: `Give one by ${from}` });
}

/** A sentence for each file of a secret that others than its owner may read. */
export function exposedSecrets({ values }: Pick<Configuration, 'values'>): string[] {
  return (
    ['hetzner-token-file', 'admin-token-file', 'workos-api-key-file', 'tls-key', 'heartbeat.url-file'] as const
  ).flatMap(key => {
    const file = values[key];
    const mode = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.mode;
    return mode !== undefined && (mode & 0o004) !== 0 ? [`${key}: every user of this host may read ${file}`] : [];
  });
}

/** The file of a credential that systemd has passed to the unit, undefined where it passes none. */
export function credentialFile(env: Env, name: string): string | undefined {
  return env.CREDENTIALS_DIRECTORY ? join(env.CREDENTIALS_DIRECTORY, name) : undefined;
}

function readToken(file: string, endpoint: string): Pick<Upstream, 'token' | 'fault'> {
  return attempt(() => {
    const text = readIfThere(file)?.trim();
    return text === undefined || text === nothing ? undefined : checkToken(text, endpoint, file);
  });
}

function attempt(read: () => string | undefined): Pick<Upstream, 'token' | 'fault'> {
  try {
    return { token: read() };
  } catch (error) {
    return { token: undefined, fault: toFailure(error) };
  }
}
