import type { Api } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { isGlob, select, type Target } from '../../core/find.ts';
import type { Item, Verb } from '../../core/resource.ts';
import { describeLoss, passes, snapshot, snapshotFilters } from '../../core/resources/snapshot.ts';
import type { Command } from '../command.ts';
import { type Run, verbCommand } from '../resource-group.ts';
import { runOnTargets } from '../run-targets.ts';

const regular = snapshot.verbs.delete!;
const declared = verbCommand(snapshot, 'delete', regular);

/** `snapshot delete`: by name, label, server or age; protected ones are refused and named. */
export const remove: Command = {
  ...declared,
  description:
    'Without names, --server, --older-than and --newer-than choose by themselves; with names, a selector or --all they narrow the choice. Snapshots that are protected are refused, the others are deleted.',
  fields: {
    ...declared.fields,
    ...snapshotFilters,
    snapshot: field('repeat', 'Ids, descriptions or patterns', {
      operand: 'many',
      refers: { resource: 'snapshot', as: 'name' },
    }),
  },
  examples: [
    'cloudctl snapshot delete 1042',
    'cloudctl snapshot delete --server web-1 --older-than 30d --dry-run',
    "cloudctl snapshot delete 'nightly-*' --older-than 2w --yes",
  ],
  run: async (session, input) => {
    const api = await session.api();
    const targets = await selectSnapshots(api, input, session.world.clock.now());
    const verb = { ...regular, loses: losses(targets) };
    await runOnTargets({ session, resource: snapshot, name: 'delete', verb, input }, api, targets);
  },
};

async function selectSnapshots(api: Api, input: Run['input'], now: number): Promise<Target[]> {
  const names = (input.snapshot as string[] | undefined) ?? [];
  const selector = input.selector as string | undefined;
  const filters = Object.keys(snapshotFilters).filter(name => input[name] !== undefined);
  const isChosen = names.length > 0 || selector !== undefined || input.all === true;
  if (!isChosen && filters.length === 0) {
    throw new Failure('usage', 'missing <snapshot>', {
      hint: 'Give ids, descriptions or patterns, -l <selector>, --server or --older-than',
    });
  }
  const found = await select(api, snapshot, { names, selector, all: input.all === true || !isChosen });
  const named = new Set(names.filter(name => !isGlob(name)));
  return found.flatMap(one => {
    if (!one.item || passes(one.item, input, now)) return [refuseProtected(one)];
    return named.has(one.target) ? [refuseOther(one, filters)] : [];
  });
}

/** As with a selector: who names something must hear that it is not what the filters mean. */
function refuseOther({ target }: Target, filters: readonly string[]): Target {
  const flags = filters.map(name => `--${name}`).join(' and ');
  return { target, failure: new Failure('not_found', `snapshot ${target} does not match ${flags}`) };
}

function refuseProtected(target: Target): Target {
  const { item, target: name } = target;
  if (!item?.protection?.delete) return target;
  const failure = new Failure('refused', `snapshot ${name} is protected`, {
    apiCode: 'protected',
    hint: `cloudctl snapshot protect ${item.id} --off`,
  });
  return { ...target, failure };
}

/** What is lost, and for several how much that is in all. */
function losses(targets: readonly Target[]): NonNullable<Verb['loses']> {
  const items = targets.flatMap(({ item, failure }) => (item && !failure ? [item] : []));
  if (items.length < 2) return item => [describeLoss(item)];
  const size = items.reduce((sum, { image_size }: Item) => sum + (image_size ?? 0), 0);
  return () => [`${items.length} snapshots, ${size.toFixed(2)} GB in all, which cannot be had back`];
}
