import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { findKind } from '../../../core/checks/kinds.ts';
import { readPolicy } from '../../../core/checks/policy.ts';
import { readSettings } from '../../../core/checks/settings.ts';
import { Failure } from '../../../core/failure.ts';
import { openSecrets, requireSameHost, sealSecrets, settingOf } from '../../../core/settings.ts';
import type { Request } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { readRow, type Watch } from '../row.ts';
import type { Sources } from '../sources.ts';

type Input = Request['input'];

const shared = ['name', 'type', 'interval', 'within', 'for', 'count', 'recover-count', 'clear', 'severity'];
const beside = [...shared, 'label', 'parent', 'paused'];

/** What of a check is asked for, checked, over what it was. Throws `usage` that names the flag. */
export async function readSpec({ store }: Tools, sources: Sources, input: Input, before?: Watch) {
  const check = findKind(before?.kind ?? String(input.type ?? ''));
  const owner = `check ${before?.name ?? input.name}`;
  const given = Object.fromEntries(Object.entries(input).filter(([name]) => !beside.includes(name)));
  // What is given anew need not be opened, which is the way out where it cannot be.
  const renewed = Object.keys(given).map(settingOf);
  const left = Object.entries(before?.settings ?? {}).filter(([name]) => !renewed.includes(name));
  const opened = openSecrets(check.settings, Object.fromEntries(left), owner, sources.key);
  const settings = await readSettings(check, given, opened);
  const hosts = check.hosts?.(settings as never) ?? [];
  const kept = Object.fromEntries(left.filter(([name]) => settings[name] !== undefined));
  if (before) requireSameHost(check.settings, kept, check.hosts?.(before.settings as never) ?? [], hosts);
  // A name is looked up when it is used, since it may lead elsewhere by then.
  for (const host of hosts) if (isIP(host.replace(/^\[|\]$/g, '')) > 0) await sources.tools.guard(host);
  const sealed = sealSecrets(check.settings, settings, owner, sources.key);
  const policy = readPolicy(check, input, before?.policy);
  const parent = await readParent(store, input.parent, before);
  const labels = (input.label as Watch['labels'] | undefined) ?? before?.labels ?? {};
  const row = {
    ...{ settings: JSON.stringify(sealed), policy: JSON.stringify(policy), labels: JSON.stringify(labels) },
    ...{ parent_id: parent, every: policy.interval, timeout: policy.timeout },
  };
  return { kind: check.name, row };
}

async function readParent({ db }: Tools['store'], wanted: unknown, before?: Watch): Promise<number | null> {
  if (wanted === undefined) return before?.parent_id ?? null;
  if (wanted === '') return null;
  const rows = await db.selectFrom('checks').select(['id', 'name', 'parent_id']).execute();
  const parent = rows.find(({ name }) => name === wanted) ?? rows.find(({ id }) => String(id) === wanted);
  if (!parent) throw new Failure('usage', `parent: there is no check ${wanted}`, { hint: 'cloudctl check list' });
  // Whoever depends on itself, over however many others, would never be told of.
  const visited = new Set<number>();
  for (let id: number | null = parent.id; id !== null && !visited.has(id); ) {
    visited.add(id);
    if (id === before?.id) throw new Failure('usage', `parent: ${wanted} depends on this check itself`);
    id = rows.find(row => row.id === id)?.parent_id ?? null;
  }
  return parent.id;
}

/** Throws `usage` for a text that cannot be a name. */
export function checkName(name: string, what: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._ /-]{0,62}$/u.test(name)) return name;
  throw new Failure('usage', `'${name.slice(0, 100)}' is no name for a ${what}`, {
    hint: 'Letters, digits and . _ / - with a letter or a digit first, 63 characters at most',
  });
}

/** The check of that id; throws `not_found`. */
export async function findCheck({ store }: Pick<Tools, 'store'>, id: number | undefined): Promise<Watch> {
  const row = await store.db
    .selectFrom('checks')
    .selectAll()
    .where('id', '=', id ?? 0)
    .executeTakeFirst();
  if (row) return readRow(row);
  throw new Failure('not_found', `check not found: ${id}`, { hint: 'cloudctl check list' });
}

/** What of a token is kept. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
