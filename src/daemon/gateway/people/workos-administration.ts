import type { WorkOS } from '@workos-inc/node';
import { readIfThere } from '../../../core/config/storage.ts';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { Transport } from '../../../core/world.ts';
import type { Configuration } from '../../config/configuration.ts';
import { credentialFile, nothing } from '../../config/token.ts';

/** WorkOS as an administrator of the environment sees it. */
export interface Administration {
  /** Those whose members come in here; people are invited into the first. */
  readonly organizations: readonly string[];
  /** Whether a key is given at this moment; without one nothing is asked. */
  isConfigured(): boolean;
  /** Asks by WorkOS's own client. Rejects with `not_found`, `limited`, `unreachable` or `timeout`, else with `refused`; where the key is not good its `apiCode` is `workos_key`. */
  ask<T>(what: (sdk: WorkOS) => Promise<T>): Promise<T>;
}

export interface AdministrationOptions {
  readonly current: () => Pick<Configuration, 'values'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Transport;
  /** When it comes nothing more is read; what changes something is seen through. */
  readonly signal?: AbortSignal;
  /** Told of each key, so that no record holds it. */
  readonly hide: (secret: string) => void;
}

/** Milliseconds for one request. */
const patience = 10_000;

/** The administration with the key of `workos-api-key-file` or of systemd's credential `workos-api-key`, read at each use. The client is loaded with the first one. */
export function openAdministration({ current, env, http, signal, hide }: AdministrationOptions): Administration {
  const {
    'workos-organizations': organizations = [],
    'workos-client-id': clientId,
    'workos-endpoint': endpoint,
  } = current().values;
  let last: { readonly key: string; readonly sdk: WorkOS } | undefined;

  async function open(): Promise<WorkOS> {
    const key = readKey(current(), env);
    if (key === undefined) throw badKey('there is no API key of WorkOS');
    if (last?.key === key) return last.sdk;
    hide(key);
    const { WorkOS } = await import('@workos-inc/node');
    const { hostname, port, protocol } = new URL(endpoint);
    const place = { apiHostname: hostname, https: protocol === 'https:', ...(port !== '' && { port: Number(port) }) };
    last = { key, sdk: new WorkOS({ apiKey: key, clientId, ...place, fetchFn: fetchBy(http, signal) }) };
    return last.sdk;
  }

  return {
    organizations,
    isConfigured: () => fileOf(current(), env) !== undefined,
    async ask(what) {
      try {
        return await what(await open());
      } catch (error) {
        throw failureWithin(error);
      }
    },
  };
}

/** Rejects with `refused` when one of the organizations is not in the environment of the key. */
export async function requireOrganizations({ ask, organizations }: Administration): Promise<void> {
  for (const id of organizations) {
    await ask(sdk => sdk.organizations.getOrganization(id)).catch(error => {
      if (toFailure(error).code !== 'not_found') throw error;
      throw badKey(`WorkOS has no organization ${id} in the environment of the API key`);
    });
  }
}

/** The file that the configuration names, else that of the credential where it holds a key. */
function fileOf({ values }: Pick<Configuration, 'values'>, env: AdministrationOptions['env']): string | undefined {
  const named = values['workos-api-key-file'];
  if (named !== undefined) return named;
  const file = credentialFile(env, 'workos-api-key');
  const text = file === undefined ? undefined : readIfThere(file)?.trim();
  return text === undefined || text === nothing ? undefined : file;
}

function readKey(configuration: Pick<Configuration, 'values'>, env: AdministrationOptions['env']): string | undefined {
  const file = fileOf(configuration, env);
  if (file === undefined) return undefined;
  const key = readIfThere(file)?.trim();
  if (key === undefined) throw badKey(`workos-api-key-file: there is no file ${file}`);
  if (/^[\x21-\x7e]{8,512}$/.test(key)) return key;
  throw badKey(`workos-api-key-file: ${file} holds no API key of WorkOS`);
}

/** The client's `fetch`. What is no success is told from here: the client loses the body of some answers, and stumbles over others. */
function fetchBy(http: Transport, signal: AbortSignal | undefined): typeof fetch {
  return async (input, init = {}) => {
    const { status, body, headers } = await http({
      method: init.method ?? 'GET',
      url: new URL(String(input)),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? init.body : undefined,
      timeout: patience,
      ...((init.method ?? 'GET') === 'GET' && { signal }),
    });
    if (status >= 200 && status < 300) {
      const type = headers['content-type'] ?? '';
      return new Response(status === 204 ? null : body, { status, headers: { 'content-type': type } });
    }
    throw refusalOf(status, body);
  };
}

function refusalOf(status: number, body: string): Failure {
  if (status === 401) return badKey('WorkOS does not accept the API key');
  if (status === 403) return badKey('the API key of WorkOS may not do this');
  if (status === 429) return new Failure('limited', 'WorkOS lets no more requests through for now');
  if (status >= 500 || status < 400) return new Failure('unreachable', `WorkOS answers with status ${status}`);
  return new Failure(status === 404 ? 'not_found' : 'refused', `WorkOS refuses: ${messageOf(body) ?? status}`);
}

function badKey(message: string): Failure {
  const hint = 'Put a key of the environment into workos-api-key-file';
  return new Failure('refused', message, { apiCode: 'workos_key', hint });
}

function messageOf(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body);
    return typeof message === 'string' ? message.replace(/\p{C}/gu, ' ').slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}

/** The client wraps what `fetch` throws. What it throws itself is an answer that it does not understand. */
function failureWithin(error: unknown): Failure {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof Failure) return one;
  return new Failure('unreachable', 'WorkOS answers with something that is not understood', {
    cause: toFailure(error),
  });
}
