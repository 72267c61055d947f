import type { Action } from '../../core/api.ts';
import type { Item } from '../../core/resource.ts';
import type { Change } from './ownership.ts';

/** Of whom what an answer tells is. */
export interface Maker {
  readonly project: number;
  readonly owner: string;
  readonly author: string;
}

/** What a good answer to a change tells. */
export interface Learned {
  /** Who owns what it made. */
  readonly changes: readonly Change[];
  readonly actions: readonly Action[];
  /** What was made, where the request was to make one. */
  readonly made: Item | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** The actions of an answer, and whose the things are that it made: `key` is that of the one that was asked for, absent where none was; `sent` is what it was asked for with. */
export function learn(
  body: unknown,
  maker: Maker,
  making?: { type: string; key: string; request: string },
  sent?: Body,
): Learned {
  const found = (body ?? {}) as Body;
  const actions = [found.action, ...listOf(found.actions), ...listOf(found.next_actions)].filter(isAction);
  const made = making && (found[making.key] as Item | undefined);
  if (!making || typeof made?.id !== 'number') return { changes: [], actions, made: undefined };
  const own = (type: string, id: number): Change => ({ kind: 'own', type, id, ...maker, request: making.request });
  const addresses = making.type === 'servers' ? newAddresses(made, sent) : [];
  return {
    actions,
    made,
    changes: [
      own(making.type, made.id),
      ...addresses.map(id => own('primary_ips', id)),
      { kind: 'settle', request: making.request, id: made.id },
    ],
  };
}

/** Primary IPs that came with a server; one that was there before keeps its owner, also where that is nobody. */
function newAddresses(server: Item, sent: Body = {}): number[] {
  const [got, given] = [server.public_net ?? {}, sent.public_net ?? {}] as Record<string, unknown>[];
  return ['ipv4', 'ipv6'].flatMap(kind => {
    const id = (got?.[kind] as Item | null | undefined)?.id;
    return typeof id === 'number' && id !== Number(given?.[kind]) ? [id] : [];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isAction(value: unknown): value is Action {
  return typeof value === 'object' && value !== null && typeof (value as Action).id === 'number';
}
