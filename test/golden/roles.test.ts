import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Operation } from '../../src/core/access/operation.ts';
import { operations } from '../../src/core/access/operations.ts';
import { daemonPermissions, grantsFor, hetznerPermissions, split } from '../../src/core/access/permissions.ts';
import { roles } from '../../src/core/access/roles.ts';
import { routesOf, served } from '../../src/daemon/api/routes.ts';

// UPDATE_GOLDEN=1 writes them anew. The file is the review of access: a line that changes in it is somebody's new power.
const file = join(import.meta.dirname, 'routes-by-role.txt');
const page = 'docs/permissions.md';
const update = process.env.UPDATE_GOLDEN === '1';

const grantsIn = (permission: string) => roles.map(({ grants }) => grants[permission] ?? 'none');
const line = (cells: readonly string[], more = '') => {
  const [method, path, permission, ...granted] = cells;
  const columns = [method!.padEnd(6), path!.padEnd(78), permission!.padEnd(24), ...granted.map(cell => cell.padEnd(8))];
  return `${columns.join(' ')} ${more}`.trimEnd();
};

/** What of an operation is looked at beside its permission. */
function notes({ references = {}, secretInput = [], secretOutput = [], secretsNeed, counts }: Operation): string {
  const named = Object.entries(references).map(([place, of]) => `${place} of ${of}`);
  const parts = [
    ...(named.length > 0 ? [`names ${named.join(', ')}`] : []),
    ...(secretInput.length > 0 ? [`takes the secret ${secretInput.join(', ')}`] : []),
    ...(secretOutput.length > 0
      ? [`gives the secret ${secretOutput.join(', ')}${secretsNeed ? ` with ${secretsNeed}` : ''}`]
      : []),
    ...(counts ? [`counts ${counts}`] : []),
  ];
  return parts.join('; ');
}

const routes = routesOf(served);

test('what each role may is what it was: UPDATE_GOLDEN=1 npx vitest run test/golden', () => {
  const lines = [
    line(['', '', 'permission', ...roles.map(({ name }) => name)]),
    ...operations.map(one =>
      line([one.method, `/v1/${one.path}`, one.permission, ...grantsIn(one.permission)], notes(one)),
    ),
    ...routes.map(({ method, path, permission }) =>
      line([method, `/cloudctl/v1/${path}`, permission, ...grantsIn(permission)]),
    ),
  ];
  const text = `${lines.join('\n')}\n`;
  if (update) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
});

test('whatever the daemon serves of its own has a permission that roles can grant', () => {
  expect(routes.map(({ permission }) => permission).filter(name => grantsFor(name).length === 0)).toEqual([]);
});

const cell = (grants: readonly string[]) => grants.map(grant => (grant === 'none' ? '' : grant)).join(' | ');
const head = `| permission | ${roles.map(({ name }) => name).join(' | ')} |\n|${' --- |'.repeat(roles.length + 1)}`;

/** One row for the permissions of a collection that every role has alike. */
function tableOf(permissions: readonly string[]): string {
  const rows = new Map<string, string[]>();
  for (const permission of permissions) {
    const { resource, verb } = split(permission);
    const key = `${resource}\n${cell(grantsIn(permission))}`;
    rows.set(key, [...(rows.get(key) ?? []), verb]);
  }
  const lines = [...rows].map(([key, verbs]) => {
    const [resource, grants] = key.split('\n');
    return `| \`${resource}:\` ${verbs.join(', ')} | ${grants} |`;
  });
  return `\n${head}\n${lines.join('\n')}\n\n`;
}

test.each([
  ['hetzner', hetznerPermissions],
  ['daemon', daemonPermissions],
])('the page has the table of what is %s’s: UPDATE_GOLDEN=1 npx vitest run test/golden', (name, permissions) => {
  const text = readFileSync(page, 'utf8');
  const place = new RegExp(`(<!-- ${name}: .* -->\\n).*?(<!-- /${name} -->)`, 's');
  const wanted = text.replace(place, (_, begin, end) => `${begin}${tableOf(permissions)}${end}`);
  if (update) writeFileSync(page, wanted);
  expect(update ? wanted : text).toBe(wanted);
  expect(text).toMatch(place);
});
