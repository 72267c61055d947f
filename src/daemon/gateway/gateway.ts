import { matchOperation } from '../../core/access/match.ts';
import type { Principal } from '../../core/access/principal.ts';
import { matches, parseSelector } from '../../core/access/selector.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { readText } from '../api/body.ts';
import { reasonOf } from '../api/entries.ts';
import type { Asking } from '../api/environment.ts';
import { problemOf } from '../api/problem.ts';
import { digest, type Repeats } from '../api/repeats.ts';
import type { Answer, Ask } from './ask.ts';
import { guard } from './guard.ts';
import { answerReading, type ReadTools } from './reads.ts';
import type { Labels } from './reserved.ts';
import { decide } from './standing.ts';
import { configuredId } from './upstream/projects.ts';
import type { Upstream, Upstreams } from './upstream/upstream.ts';
import { createView, type View } from './view.ts';
import { answerChange, type WriteTools } from './writes.ts';

/** What the gateway works with. */
export interface GatewayTools extends ReadTools, WriteTools {
  readonly upstreams: Upstreams;
  readonly repeats: Repeats;
  /** What permits let somebody do in a project: permissions by `servers/12`. */
  readonly permits: (principal: Principal, project: number) => Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Answers Hetzner's API for who was let in: below `/v1`, or below `/projects/NAME/v1` for another project than the usual one. */
export function createGateway(tools: GatewayTools): (c: Asking) => Promise<Response> {
  return async c => {
    const url = new URL(c.req.url);
    const { project, path } = readPath(url.pathname);
    const principal = c.get('caller');
    const upstream = await findUpstream(tools, principal, project);
    tellShare(c, upstream, principal);
    const match = matchOperation(c.req.method, path);
    if (!match) throw new Failure('not_found', `there is no ${c.req.method} /v1/${path.slice(0, 200)}`);
    if (c.env?.about) c.env.about.route = `/v1/${match.operation.path}`;
    const isReading = match.operation.method === 'GET';
    const ask: Ask = {
      ...{ principal, upstream, match, path, query: url.searchParams },
      view: await openView(tools, principal, upstream),
      text: isReading ? '' : await readText(c.req.raw),
      key: c.req.header('idempotency-key'),
      fresh: /\bno-cache\b/.test(c.req.header('cache-control') ?? ''),
      requestId: c.get('requestId'),
      address: principal.address,
      signal: c.req.raw.signal,
    };
    return send(c, isReading ? await answerAllowed(tools, ask) : await changeOnce(tools, ask));
  };
}

/** What is asked for, and of which project, by the path as it was sent. */
function readPath(pathname: string): { readonly project?: string; readonly path: string } {
  const [, project, path] = /^(?:\/projects\/([A-Za-z0-9._-]+))?\/v1\/(.*)$/.exec(pathname) ?? [];
  if (path === undefined) throw new Failure('not_found', 'there is nothing at that path');
  return { project, path };
}

/** The project that is meant; one that the caller may not use is not there. */
async function findUpstream(
  tools: Pick<GatewayTools, 'upstreams' | 'permits'>,
  principal: Principal,
  name: string | undefined,
): Promise<Upstream> {
  const { upstreams } = tools;
  const find = () =>
    name === undefined ? upstreams.find(principal.project ?? principal.home ?? configuredId) : upstreams.byName(name);
  let found = find();
  if (!found) {
    // Another daemon may have added it.
    await upstreams.refresh();
    found = find();
  }
  if (found && (await mayUse(tools, principal, found.project.id))) return guard(found);
  throw new Failure('not_found', name === undefined ? 'no project is set up' : `project not found: ${name}`);
}

async function mayUse({ permits }: Pick<GatewayTools, 'permits'>, principal: Principal, id: number): Promise<boolean> {
  const { project, projects } = principal;
  if (project !== undefined && project !== id) return false;
  return projects === undefined || projects.includes(id) || (await permits(principal, id)).size > 0;
}

async function openView(tools: GatewayTools, principal: Principal, upstream: Upstream): Promise<View> {
  const { id } = upstream.project;
  const [belongings, permits] = await Promise.all([tools.ownership.read(), tools.permits(principal, id)]);
  const { selector } = principal;
  const parsed = selector === undefined ? undefined : parseSelector(selector);
  // One that cannot be read any more matches nothing.
  const covers = (labels: Labels) => parsed !== undefined && matches(parsed, labels);
  return createView({
    principal,
    project: id,
    belongings,
    permits,
    ...(selector !== undefined && { matches: covers }),
  });
}

/** Reads, where the role may read such things at all; enters a refusal. */
async function answerAllowed(tools: GatewayTools, ask: Ask): Promise<Answer> {
  const { match, principal } = ask;
  const decision = decide(ask, match.operation.permission, match.type, undefined);
  try {
    if (decision.kind === 'forbidden') throw new Failure('forbidden', decision.message);
    return await answerReading(tools, ask);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'forbidden') {
      const target = { type: match.type, id: match.id ?? '' };
      const entry = { actor: principal.name, action: `${match.type}.read`, target, requestId: ask.requestId };
      await tools.refusals.enter({ ...entry, address: ask.address, reason: reasonOf(failure) }, principal);
    }
    throw error;
  }
}

/** A POST with an `Idempotency-Key` is done once, and answered the same each time. */
async function changeOnce(tools: GatewayTools, ask: Ask): Promise<Answer> {
  const { key, principal, match, path, text } = ask;
  if (key === undefined || match.operation.method !== 'POST') return answerChange(tools, ask);
  const request = digest(principal.name, match.operation.method, String(ask.upstream.project.id), path, text);
  const { status, body } = await tools.repeats.once(`${principal.owner} ${key}`, request, async () => {
    try {
      return { body: undefined, ...(await answerChange(tools, ask)) };
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'unexpected') throw error;
      const problem = problemOf(failure);
      return { status: problem.status, body: JSON.stringify(problem.body) };
    }
  });
  return { status, ...(typeof body === 'string' && { body }) };
}

function send(c: Asking, { status, body }: Answer): Response {
  if (body === undefined) return c.body(null, status as 204);
  return c.body(body, status as 200, { 'content-type': 'application/json' });
}

/** Of the project's requests, those that are the caller's. */
function tellShare(c: Asking, upstream: Upstream, { owner }: Principal): void {
  const { limit, remaining, reset } = upstream.share(owner);
  c.header('ratelimit-limit', String(limit));
  c.header('ratelimit-remaining', String(remaining));
  c.header('ratelimit-reset', String(reset));
}
