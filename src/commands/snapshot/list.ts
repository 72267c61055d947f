import { multiplySum, parseSum, roundMoney } from '../../core/cost/money.ts';
import type { Item, Resource } from '../../core/resource.ts';
import { snapshot } from '../../core/resources/snapshot.ts';
import type { Command } from '../command.ts';
import { verbCommand } from '../resource-group.ts';
import { formatFor, runList } from '../run-list.ts';
import type { Session } from '../session.ts';

const verb = snapshot.verbs.list!;

/** `snapshot list`: the regular list, with the price fetched where its column is shown. */
export const list: Command = {
  ...verbCommand(snapshot, 'list', verb),
  description:
    'A snapshot is named by its id or its exact description. SERVER is the server that it was made of, also when that is gone; SIZE is what is billed, DISK what the disk of a server made of it must have. COST is the net price of a month, and is shown by -o wide or when it is asked for.',
  run: async (session, input) => {
    const { kind, columns } = formatFor(session, snapshot, input);
    const wantsCost = columns?.includes('cost') || (kind === 'wide' && !columns);
    const sortsByCost = (input.sort as string[] | undefined)?.some(key => key.split(':')[0] === 'cost');
    const resource = wantsCost || sortsByCost ? await withCost(session) : snapshot;
    await runList({ session, resource, name: 'list', verb, input });
  },
};

async function withCost(session: Session): Promise<Resource> {
  const api = await session.api();
  const { pricing } = await api.send<{ pricing: Item }>('GET', 'pricing');
  const rate = parseSum(pricing.image.price_per_gb_month);
  const cost = ({ image_size }: Item) =>
    typeof image_size === 'number' ? `${roundMoney(multiplySum(rate, image_size).net)} ${pricing.currency}` : null;
  return { ...snapshot, columns: { ...snapshot.columns, cost } };
}
