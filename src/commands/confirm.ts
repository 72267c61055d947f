import { Failure } from '../core/failure.ts';
import { type Item, nameOf, type Resource, type Verb } from '../core/resource.ts';
import { escapeControls } from './output/escape.ts';
import type { Session } from './session.ts';

/** Asks before a verb that loses something, naming what; without a terminal it takes `--yes`, and throws `usage` otherwise. */
export async function confirmLoss(
  session: Session,
  resource: Resource,
  verbName: string,
  verb: Verb,
  items: readonly Item[],
  input: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (!verb.loses || session.settings.yes) return;
  const lost = items.map(item => verb.loses!(item, input)).filter(losses => losses !== undefined);
  if (lost.length === 0) return;
  const names = items.map(item => nameOf(resource, item));
  const what = names.length === 1 ? `${resource.title} ${names[0]}` : `${names.length} ${resource.title}s`;
  if (!session.interactive) {
    throw new Failure('usage', `${verbName} of ${what} destroys data and nobody can be asked here`, {
      hint: 'Add --yes, or set CLOUDCTL_YES=1',
    });
  }
  const { err } = session.world;
  if (names.length > 1) err.write(`${names.map(name => `  ${escapeControls(name)}\n`).join('')}`);
  const losses = new Set(lost.flat());
  for (const loss of losses) err.write(`  ${escapeControls(loss)}\n`);
  const { confirm } = await import('./output/prompt.ts');
  if (!(await confirm(session.world, `${capitalize(verbName)} ${escapeControls(what)}?`))) {
    throw new Failure('interrupted', 'nothing was changed');
  }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
