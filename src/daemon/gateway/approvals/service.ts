import type { Principal } from '../../../core/access/principal.ts';
import { Failure } from '../../../core/failure.ts';
import { happened } from '../../../core/store/happened.ts';
import type { Mask } from '../../api/entries.ts';
import type { Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import { reachesAll } from '../owned.ts';
import type { Ownership } from '../ownership.ts';
import { maskSecrets } from '../secrets.ts';
import type { Asker, Upstreams } from '../upstream/upstream.ts';
import type { ApprovalTools } from './approvals.ts';
import { isSamePerson } from './persons.ts';
import { type Approval, matchOf, sealName, stateOf } from './request.ts';

/** What showing and deciding them needs too. */
export interface ApprovalServiceTools extends ApprovalTools {
  readonly upstreams: Upstreams;
  readonly ownership: Ownership;
  readonly mask: Mask;
}

/** What can be done with approvals. Who is granted no more than `own` sees what they asked for and what is about what they own, and decides over the latter. */
export function approvalService(tools: ApprovalServiceTools): Service {
  const { store, clock, ownership } = tools;
  const { db } = store;

  async function ownsTarget({ owners }: Principal, approval: Approval): Promise<boolean> {
    const match = matchOf(approval);
    if (match?.id === undefined) return false;
    const whose = (await ownership.read()).ownerOf(approval.project_id, match.type, Number(match.id));
    return whose !== undefined && owners.includes(whose);
  }

  const isOwn = ({ name, user }: Principal, { requester, user_id }: Approval) =>
    isSamePerson({ name, user }, { name: requester, user: user_id });

  const sees = async (caller: Principal, approval: Approval) =>
    reachesAll(caller, 'approval:read') || isOwn(caller, approval) || ownsTarget(caller, approval);

  async function find(id: number, caller: Principal): Promise<Approval> {
    const row = await db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst();
    if (row && (await sees(caller, row))) return row;
    throw new Failure('not_found', `approval not found: ${id}`, { hint: 'cloudctl approval list' });
  }

  async function decide({ id, caller, signal }: Request, state: 'approved' | 'denied') {
    const approval = await find(id!, caller);
    const isRequester = isOwn(caller, approval);
    if (isRequester && state === 'approved') {
      throw new Failure('forbidden', `approval ${id} is your own: it takes a second person`);
    }
    const decides = isRequester || reachesAll(caller, 'approval:write') || (await ownsTarget(caller, approval));
    if (!decides) throw new Failure('forbidden', `approval ${id} is not about what is yours`);
    const now = clock.now();
    const set = { state, decided_by: caller.name, decided: now };
    const waiting = db.updateTable('approvals').set(set).where('id', '=', approval.id).where('state', '=', 'waiting');
    const { requester, method, path } = approval;
    const done = await store.commit([
      { query: waiting.where('expires', '>', now), changes: 1 },
      happened(store, now, `approval.${state}`, { id: approval.id, requester, method, path, by: caller.name }),
    ]);
    if (done) return { approval: await show(tools, await find(id!, caller), askerOf(caller, signal), true) };
    const { state: found } = await show(tools, await find(id!, caller), askerOf(caller, signal));
    throw new Failure('refused', `approval ${id} is ${found}: only one that waits is decided`);
  }

  return {
    async list({ caller, input, signal }) {
      const rows = await db.selectFrom('approvals').selectAll().orderBy('id', 'desc').limit(5000).execute();
      const states = (input.state as readonly string[] | undefined) ?? ['waiting'];
      const now = clock.now();
      const asked = rows.filter(row => states.includes(stateOf(row, now)));
      const seen = await Promise.all(asked.map(async row => ((await sees(caller, row)) ? [row] : [])));
      return Promise.all(seen.flat().map(row => show(tools, row, askerOf(caller, signal))));
    },
    async describe({ id, caller, signal }) {
      return { approval: await show(tools, await find(id!, caller), askerOf(caller, signal), true) };
    },
    approve: request => decide(request, 'approved'),
    deny: request => decide(request, 'denied'),
  };
}

const askerOf = ({ owner }: Principal, signal: AbortSignal): Asker => ({ tenant: owner, urgency: 'read', signal });

async function show(
  tools: ApprovalServiceTools,
  approval: Approval,
  asker: Asker,
  isWhole = false,
): Promise<Record<string, unknown>> {
  const { id, requester, project_id, method, path, permission, decided_by, decided, created, expires } = approval;
  const match = matchOf(approval);
  const upstream = tools.upstreams.find(project_id);
  const target = match?.id === undefined ? null : `${match.type}/${match.id}`;
  const picture = match?.id === undefined ? undefined : upstream?.reader.all(match.type, asker).catch(() => undefined);
  const item = (await picture)?.items.find(one => String(one.id) === match?.id || one.name === match?.id);
  return {
    ...{ id, requester, project: upstream?.project.name ?? null, method, path, permission, target },
    target_name: item?.name ?? item?.description ?? null,
    ...(isWhole && { body: bodyOf(tools, approval) }),
    ...{ state: stateOf(approval, tools.clock.now()), decided_by, decided: timeOf(decided) },
    ...{ created: timeOf(created), expires: timeOf(expires) },
  };
}

function bodyOf({ key, mask }: ApprovalServiceTools, approval: Approval): unknown {
  const { body, project_id, method, path } = approval;
  if (body === null) return null;
  const text = key.open(body, sealName({ project: project_id, method, path }));
  return maskSecrets(matchOf(approval)?.operation.secretInput ?? [], JSON.parse(text), mask);
}
