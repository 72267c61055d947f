import { Failure } from '../../../core/failure.ts';
import type { Message } from '../../../core/notify/message.ts';
import { happened } from '../../../core/store/happened.ts';
import type { StoreKey } from '../../../core/store/key.ts';
import type { Step } from '../../../core/store/store.ts';
import { readChannels } from '../../alerts/channels.ts';
import { messageId, outgoing } from '../../alerts/outbox.ts';
import type { Tools } from '../../tools.ts';
import type { Ask } from '../ask.ts';
import type { Approvals } from '../limits.ts';
import { type Approval, fingerprintOf, type Sent, sealName, sentBy, stateOf } from './request.ts';

/** What approvals are kept with. */
export interface ApprovalTools extends Pick<Tools, 'store' | 'queue' | 'clock'> {
  readonly key: StoreKey;
}

/** How long one can be approved and used, in milliseconds. */
const lasting = 86_400_000;

/** Approvals of a store: the same request of the same person is one, whoever of several daemons is asked. */
export function openApprovals(tools: ApprovalTools): Approvals {
  const { store, key, clock } = tools;
  const { db } = store;
  const find = (live: string) => db.selectFrom('approvals').selectAll().where('live', '=', live).executeTakeFirst();

  /** What is known of the request, asked for now where nothing is. */
  async function findOrAsk(ask: Ask, sent: Sent, live: string, permission: string): Promise<Approval> {
    const known = await find(live);
    const now = clock.now();
    if (known && known.expires > now) return known;
    // Where it was asked for in this moment by another daemon, that one counts.
    await store.commit(await asking(tools, ask, sent, live, permission));
    return (await find(live))!;
  }

  return {
    async require(ask, permission) {
      const { principal } = ask;
      const sent = sentBy(ask);
      const who = principal.user === undefined ? principal.name : `user ${principal.user}`;
      const live = fingerprintOf(key, who, sent);
      const approval = await findOrAsk(ask, sent, live, permission);
      const now = clock.now();
      if (stateOf(approval, now) === 'approved') {
        const used = db.updateTable('approvals').set({ state: 'used', live: null }).where('id', '=', approval.id);
        return { query: used.where('state', '=', 'approved').where('expires', '>', now), changes: 1 };
      }
      throw refusal(approval, permission);
    },
  };
}

function refusal({ id, state, decided_by }: Approval, permission: string): Failure {
  const start = `${permission} takes a second person: approval ${id}`;
  if (state === 'denied') return new Failure('forbidden', `${start} was denied by ${decided_by}`);
  return new Failure('forbidden', `${start} was asked for; cloudctl approval approve ${id}`, {
    details: { approval: id },
  });
}

/** The writes that ask for it, and tell those who look into the inbox. */
async function asking(tools: ApprovalTools, ask: Ask, sent: Sent, live: string, permission: string): Promise<Step[]> {
  const { store, key, clock } = tools;
  const { db } = store;
  const { principal } = ask;
  const now = clock.now();
  const { project, method, path, body } = sent;
  const row = {
    ...{
      user_id: principal.user ?? null,
      requester: principal.name,
      project_id: project,
      method,
      path,
      permission,
      live,
    },
    ...{ body: body === '' ? null : key.seal(body, sealName(sent)), state: 'waiting' as const },
    ...{ decided_by: null, decided: null, created: now, expires: now + lasting },
  };
  const old = db.updateTable('approvals').set({ live: null }).where('live', '=', live).where('expires', '<=', now);
  const title = `${principal.name} asks for a second person: ${method} /v1/${path}`;
  const message: Message = {
    ...{ id: messageId('approval', live, now), at: now, status: 'notice', severity: 'info', title },
    ...{ text: 'See and decide: cloudctl approval list', thread: 'approvals', labels: {}, alerts: [], more: 0 },
  };
  const inboxes = (await readChannels(store)).filter(({ type }) => type === 'inbox');
  return [
    { query: old },
    { query: db.insertInto('approvals').values(row), changes: 1 },
    happened(store, now, 'approval.asked', {
      requester: principal.name,
      project: ask.upstream.project.name,
      method,
      path,
    }),
    ...inboxes.flatMap(inbox => outgoing(tools, inbox, message)),
  ];
}
