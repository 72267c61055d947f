import type { Audit, Entry } from '../../core/audit/audit.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { readBody, readError } from '../../core/hetzner/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Step } from '../../core/store/store.ts';
import type { Clock, HttpResponse } from '../../core/world.ts';
import { enter, type Mask, reasonOf } from '../api/entries.ts';
import type { Refusals } from '../api/refusals.ts';
import { passError, unavailable } from './answer.ts';
import { type Answer, type Ask, askerOf } from './ask.ts';
import { collectionOf, keyOfItem } from './collections.ts';
import type { Deeds } from './deeds.ts';
import { learn, type Maker } from './learn.ts';
import { begin, findMade, labelled, type Making, makingOf } from './makings.ts';
import type { Change, Ownership } from './ownership.ts';
import { type Prepared, type PrepareTools, prepare } from './prepare.ts';
import { redactBody } from './redact.ts';
import { maskSecrets, withoutSecrets } from './secrets.ts';
import { touchedBy } from './touched.ts';

/** What changing something needs beside the request. */
export interface WriteTools extends PrepareTools {
  readonly audit: Audit;
  readonly refusals: Refusals;
  readonly log: Log;
  readonly clock: Clock;
  readonly mask: Mask;
  readonly ownership: Ownership;
  readonly deeds: Deeds;
}

type Body = Readonly<Record<string, unknown>>;

/** Makes a change: entered in the audit log before it is sent and after it was answered, with who owns what it made; a refusal is entered too. Throws a Failure, `unavailable` where nobody knows whether it was done. */
export async function answerChange(tools: WriteTools, ask: Ask): Promise<Answer> {
  const making = makingOf(ask);
  const { prepared, entry } = await decide(tools, ask, making);
  const begun = making && (await begin(ask, making, tools.ownership, tools.clock));
  if (begun && 'made' in begun) return shown(ask, 201, begun.made);
  const intent = tools.ownership.write(begun ? [begun.change] : []);
  const body = making ? labelled(prepared.body, making, ask.principal.owner) : prepared.body;
  const difference = { input: maskSecrets(ask.match.operation.secretInput ?? [], body ?? {}, tools.mask) };
  const of = await enter(tools.audit, { ...entry, result: 'begun', difference }, [...prepared.steps, ...intent.steps]);
  intent.apply();
  const end = (outcome: Outcome) => enterOutcome(tools, { ...entry, ...outcome.entry, of }, outcome);
  return conclude(
    tools,
    ask,
    { making, sent: body, undo: prepared.undo },
    end,
    await send(tools, { ...ask, path: prepared.path }, body, making),
  );
}

/** How a change ended: for the audit log, with what else is written. */
interface Outcome {
  readonly entry: Pick<Entry, 'result' | 'reason'> & Partial<Pick<Entry, 'target'>>;
  readonly changes?: readonly Change[];
  readonly steps?: readonly Step[];
}

async function decide(
  tools: WriteTools,
  ask: Ask,
  making: Making | undefined,
): Promise<{ prepared: Prepared; entry: Omit<Entry, 'result'> }> {
  const { type, id } = ask.match;
  const named = { type: keyOfItem(type), id: id ?? '' };
  const entry = {
    ...{ actor: ask.principal.name, action: actionOf(ask), target: named },
    ...{ requestId: ask.requestId, address: ask.address },
  };
  try {
    const prepared = await prepare(tools, ask, making?.request);
    const name = prepared.target?.name ?? prepared.body?.name;
    const target = {
      ...named,
      ...(prepared.target && { id: prepared.target.id }),
      ...(name && { name: String(name) }),
    };
    return { prepared, entry: { ...entry, target } };
  } catch (error) {
    await tools.refusals.enter({ ...entry, reason: reasonOf(toFailure(error)) }, ask.principal);
    throw error;
  }
}

/** Sends it; where it is not known what came of a create, what it made is looked for. */
async function send(
  tools: WriteTools,
  ask: Ask,
  body: Body | undefined,
  making: Making | undefined,
): Promise<HttpResponse | Failure> {
  const { upstream, match } = ask;
  const query = ask.query.size > 0 ? `?${ask.query}` : '';
  const request = {
    method: match.operation.method,
    path: `${ask.path}${query}`,
    ...(body && { body: JSON.stringify(body) }),
  };
  const touched = touchedBy(match);
  await upstream.reader.touch(touched);
  const result = await upstream.send(request, askerOf(ask, 'write')).catch(toFailure);
  await upstream.reader.touch(touched);
  const failure = 'status' in result ? faultOf(result, host(ask)) : result;
  if (!failure?.ambiguous || !making) return failure ?? result;
  const made = await findMade(ask, making, tools.clock).catch(() => undefined);
  await upstream.reader.touch(touched);
  return made ? { status: 201, headers: {}, body: JSON.stringify(made) } : failure;
}

/** What is wrong with an answer that is neither a good one nor one of the API's refusals: what was asked for may be done. */
function faultOf(answer: HttpResponse, host: string): Failure | undefined {
  const { status } = answer;
  if (status >= 400 && status < 500) return undefined;
  if (status >= 300) return readError(answer, host);
  try {
    readBody(answer, host);
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}

/** What was sent, and what is written when nothing comes of it. */
interface Sent {
  readonly making: Making | undefined;
  readonly sent: Body | undefined;
  readonly undo: readonly Step[];
}

async function conclude(
  { deeds }: WriteTools,
  ask: Ask,
  { making, sent, undo }: Sent,
  end: (outcome: Outcome) => Promise<void>,
  result: HttpResponse | Failure,
): Promise<Answer> {
  const { principal, upstream } = ask;
  const unmade: readonly Change[] = making ? [{ kind: 'settle', request: making.request }] : [];
  if (!('status' in result)) {
    // What may have been made stays intended until it is known.
    const ended = result.ambiguous ? {} : { changes: unmade, steps: undo };
    await end({ entry: { result: 'failed', reason: reasonOf(result) }, ...ended });
    throw result.code === 'limited' ? result : unavailable(result);
  }
  if (result.status >= 400) {
    await end({
      entry: { result: 'refused', reason: reasonOf(readError(result, host(ask))) },
      changes: unmade,
      steps: undo,
    });
    return passError(result, host(ask));
  }
  const body = result.body.trim() === '' ? undefined : (JSON.parse(result.body) as Body);
  const maker: Maker = { project: upstream.project.id, owner: principal.owner, author: principal.name };
  const { actions, changes, made } = learn(body, maker, making, sent);
  const target = made && { type: making!.key, id: made.id, ...(made.name && { name: String(made.name) }) };
  const steps = deeds.begin(maker.project, actions, maker.owner, maker.author);
  await end({ entry: { result: 'done', ...(target && { target }) }, changes, steps });
  upstream.actions.follow(actions);
  return shown(ask, result.status, body);
}

function shown(ask: Ask, status: number, body: Body | undefined): Answer {
  if (body === undefined) return { status };
  return { status, body: JSON.stringify(withoutSecrets(ask, redactBody(ask.view, body, collectionOf))) };
}

async function enterOutcome(tools: WriteTools, entry: Entry, { changes = [], steps = [] }: Outcome): Promise<void> {
  const written = tools.ownership.write(changes);
  try {
    await tools.audit.commit([entry], [...written.steps, ...steps]);
    written.apply();
  } catch (error) {
    // It is done: to call it failed would have it done twice. Whose it is shows in what was intended.
    tools.log.error('outcome not entered', { request_id: entry.requestId, error: toFailure(error).message });
  }
}

/** `server.create`, `server.reboot`, `zone.rrsets.create`. */
function actionOf({ match }: Ask): string {
  const { method, path } = match.operation;
  const words = { POST: 'create', PUT: 'update', DELETE: 'delete', GET: 'read' } as const;
  const [type = '', ...rest] = path.split('/').filter(part => !part.startsWith('{') && part !== 'actions');
  const isAction = path.includes('/actions/');
  return [keyOfItem(type), ...rest, ...(isAction ? [] : [words[method]])].join('.');
}

function host({ upstream }: Ask): string {
  return new URL(upstream.project.endpoint).host;
}
