import { createHash } from 'node:crypto';
import type { Action } from '../../../core/api.ts';
import { collect } from '../../../core/api.ts';
import { HETZNER_ENDPOINT } from '../../../core/config/endpoint.ts';
import { toFailure } from '../../../core/failure.ts';
import { asObject, type Send } from '../../../core/hetzner/call.ts';
import { hetznerApi } from '../../../core/hetzner/client.ts';
import { readBody } from '../../../core/hetzner/errors.ts';
import { createExchange } from '../../../core/hetzner/exchange.ts';
import type { Item } from '../../../core/resource.ts';
import { userAgent } from '../../../core/version.ts';
import type { Clock, HttpRequest, HttpResponse, Transport } from '../../../core/world.ts';
import { createActionWatch } from './actions.ts';
import { changedBy, rootOf } from './collections.ts';
import { createGate } from './gate.ts';
import { createReader } from './reader.ts';
import type { SharedProject } from './shared.ts';
import type { Asker, Got, Project, Reading, Upstream, UpstreamRequest } from './upstream.ts';

export interface ProjectOptions {
  readonly project: Project;
  /** The token as it is now; throws `unauthorized` when there is none. */
  readonly token: () => string;
  readonly http: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** What other daemons have of the project, where there may be some. */
  readonly shared?: SharedProject;
  /** Told of the actions that the daemon itself has begun. */
  readonly onActions?: (project: Project, actions: readonly Action[], author: 'daemon') => void;
}

/** Milliseconds for one exchange: changes may take longer, since cutting one off leaves open whether it was made. */
const [timeout, patience] = [15_000, 10_000];
const changeTimeout = 60_000;

/** One project behind its gate; nothing is asked before somebody asks. */
export function openProject(options: ProjectOptions): Upstream {
  const { project, token, http, clock, signal, random, onActions, shared } = options;
  const gate = createGate({ http, clock, signal, shared });

  /** Sends a request in its turn, with the token of that moment. */
  async function pass(request: HttpRequest, path: string, asker: Asker, sendBy?: number): Promise<HttpResponse> {
    const method = request.method as UpstreamRequest['method'];
    const make = () => ({ ...request, headers: { ...request.headers, authorization: `Bearer ${token()}` } });
    try {
      const answer = await gate.pass(make, asker, sendBy);
      if (method !== 'GET') actions.follow(actionsOf(answer));
      return answer;
    } finally {
      // Whatever came of it: it may have arrived.
      if (method !== 'GET') await reader.touch(changedBy(method, path));
    }
  }

  function send({ method, path, body, headers }: UpstreamRequest, asker: Asker): Promise<HttpResponse> {
    const isReading = method === 'GET';
    return pass(
      {
        method,
        url: new URL(`${endpointOf(project, path)}/${path}`),
        headers: {
          'user-agent': userAgent,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
        timeout: isReading ? timeout : changeTimeout,
        ...(isReading && asker.signal && { signal: asker.signal }),
      },
      path,
      asker,
    );
  }

  function through(asker: Asker): Transport {
    return async request => {
      const path = pathOf(project, request.url);
      const until = request.timeout > 0 ? clock.now() + request.timeout : Number.POSITIVE_INFINITY;
      const sendBy = Math.min(request.sendBy ?? Number.POSITIVE_INFINITY, until);
      const answer = await pass(request, path, { ...asker, ...(request.signal && { signal: request.signal }) }, sendBy);
      const begun = request.method === 'GET' ? [] : actionsOf(answer);
      if (begun.length > 0) onActions?.(project, begun, 'daemon');
      return answer;
    };
  }

  const common = { token: 'set in its turn', clock, signal, userAgent };
  const sendFor =
    (asker: Asker): Send =>
    call =>
      createExchange({
        ...common,
        endpoint: new URL(endpointOf(project, call.path)),
        http: through(asker),
        httpTimeout: timeout,
        onSkew: () => {},
      })(call);

  async function list(collection: string, asker: Asker): Promise<Reading> {
    const digests = new Map<string, string>();
    const read = through(asker);
    const api = hetznerApi({
      ...common,
      endpoint: endpointOf(project, collection),
      async http(request) {
        const answer = await read(request);
        digests.set(request.url.search, createHash('sha1').update(answer.body).digest('base64url'));
        return answer;
      },
      httpTimeout: timeout,
      patience,
      random,
    });
    const items = await collect(api.list<Item>(collection, whole[collection]));
    const sorted = [...digests].sort(([left], [right]) => (left < right ? -1 : 1));
    const version = createHash('sha1').update(JSON.stringify(sorted)).digest('base64url');
    return { items, version, pages: digests.size };
  }

  async function ask(path: string, asker: Asker): Promise<Got> {
    const once = () => send({ method: 'GET', path }, asker);
    // A connection that was kept may have been closed at the other end: that is nobody's news.
    const answer = await once().catch(error => {
      if (toFailure(error).code !== 'unreachable') throw error;
      return once();
    });
    return { status: answer.status, headers: answer.headers, body: bodyOf(answer, project) };
  }

  const reader = createReader({ list, ask, clock, limit: () => gate.budget()?.limit ?? 3600, shared });
  const actions = createActionWatch({ sendFor, clock, signal, touch: reader.touch });
  return {
    project,
    send,
    share: gate.share,
    budget: gate.budget,
    reader,
    actions,
    through,
    report: () => ({ ...gate.figures(), ...reader.counts() }),
  };
}

/** What a list leaves out unless it is asked for. */
const whole: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  images: { include_deprecated: 'true' },
};

/** Storage boxes are served by another host of Hetzner's; by any other endpoint all is. */
function endpointOf({ endpoint }: Project, path: string): string {
  const isOther = endpoint === HETZNER_ENDPOINT && /^storage_box/.test(rootOf(path));
  return isOther ? 'https://api.hetzner.com/v1' : endpoint;
}

/** The path below the endpoint, with its query. */
function pathOf({ endpoint }: Project, url: URL): string {
  const base = new URL(endpoint).pathname.replace(/\/+$/, '');
  return `${url.pathname.slice(base.length + 1)}${url.search}`;
}

function actionsOf({ status, body }: HttpResponse): Action[] {
  if (status < 200 || status > 299) return [];
  try {
    const { action, actions, next_actions } = asObject(JSON.parse(body));
    const all = [action, actions, next_actions].flat() as (Action | undefined | null)[];
    return all.filter(one => typeof one?.id === 'number') as Action[];
  } catch {
    return [];
  }
}

/** The body of a good answer, which has to be one; of any other what can be read. */
function bodyOf(answer: HttpResponse, { endpoint }: Project): unknown {
  if (answer.status >= 200 && answer.status < 300) return readBody(answer, new URL(endpoint).host);
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}
