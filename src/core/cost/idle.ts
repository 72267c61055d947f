import type { Pricing } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import { byCost } from './group.ts';
import { type CostLine, costLines, type Inventory } from './lines.ts';
import { addSums } from './money.ts';

/** Something that costs and seems to be of no use, and why. */
export interface IdleLine extends CostLine {
  readonly reason: string;
}

const day = 86_400_000;
/** Days after which a snapshot is called old. */
const oldAfter = 90;

/** What costs (in a whole month) without doing anything at `now` (ms), the dearest first; what is free is left out. */
export function findIdle(inventory: Inventory, pricing: Pricing, now: number): IdleLine[] {
  const none = { servers: [], volumes: [], primaryIps: [], floatingIps: [], snapshots: [], loadBalancers: [] };
  const cost = (part: Partial<Inventory>): CostLine => {
    const lines = costLines({ ...none, ...part }, pricing, undefined);
    const known = lines.flatMap(line => line.cost ?? []);
    return { ...lines[0]!, cost: known.length > 0 ? addSums(known) : undefined };
  };
  const servers = new Set(inventory.servers.map(({ id }) => id));
  const idle: (IdleLine | undefined)[] = [
    ...inventory.servers.map(one => because(serverReason(one), () => cost({ servers: [one] }))),
    ...inventory.volumes.map(one => because(!one.server && 'not attached', () => cost({ volumes: [one] }))),
    ...inventory.primaryIps.map(one => because(!one.assignee_id && 'not assigned', () => cost({ primaryIps: [one] }))),
    ...inventory.floatingIps.map(one => because(!one.server && 'not assigned', () => cost({ floatingIps: [one] }))),
    ...inventory.snapshots.map(one => because(snapshotReason(one, servers, now), () => cost({ snapshots: [one] }))),
    ...inventory.loadBalancers.map(one =>
      because(one.targets?.length === 0 && 'no targets', () => cost({ loadBalancers: [one] })),
    ),
  ];
  return idle
    .filter(line => line !== undefined)
    .filter(({ cost }) => cost?.gross !== 0n)
    .sort(byCost);
}

function because(reason: string | false | undefined, line: () => CostLine): IdleLine | undefined {
  return reason ? { ...line(), reason } : undefined;
}

function serverReason(server: Item): string | undefined {
  return server.status === 'off' ? 'off, and costs as if it were on' : undefined;
}

function snapshotReason(snapshot: Item, servers: ReadonlySet<number>, now: number): string | undefined {
  const age = Math.floor((now - Date.parse(snapshot.created)) / day);
  const gone = snapshot.created_from && !servers.has(snapshot.created_from.id);
  const reasons = [
    ...(gone ? [`its server ${snapshot.created_from.name} is gone`] : []),
    ...(age > oldAfter ? [`${age} days old`] : []),
  ];
  return reasons.length > 0 ? reasons.join(', ') : undefined;
}
