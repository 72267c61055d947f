import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grant, Grants } from '../../../src/core/access/operation.ts';
import {
  daemonPermissions,
  grantOrder,
  grantsFor,
  hetznerPermissions,
  permissionToUse,
} from '../../../src/core/access/permissions.ts';
import { checkGrants, grantsOf, narrow, roles } from '../../../src/core/access/roles.ts';
import { readCatalogue } from './document.ts';
import { failureOf } from './failure-of.ts';

const catalogue = readCatalogue();
const permissions = [...hetznerPermissions, ...daemonPermissions];
const grantIn = (grants: Grants, permission: string): Grant => grants[permission] ?? 'none';

/** Grants that a role can have, of some of the permissions. */
const anyGrants = fc.dictionary(fc.constantFrom(...permissions), fc.nat(), { maxKeys: 40 }).map(picks =>
  Object.fromEntries(
    Object.entries(picks).map(([permission, pick]) => {
      const possible = grantsFor(permission);
      return [permission, possible[pick % possible.length]!];
    }),
  ),
);

describe('the roles that are always there', () => {
  test('grant nothing that a custom role could not', () => {
    for (const { name, grants } of roles) {
      expect(checkGrants({ ...grants })).toEqual(grants);
      expect(grantsOf(name)).toBe(grants);
    }
  });

  test('an administrator may everything', () => {
    const { grants } = roles.find(({ name }) => name === 'admin')!;
    expect(permissions.filter(permission => grants[permission] !== 'all')).toEqual([]);
  });

  test('a viewer and an auditor change nothing but their own sessions', () => {
    for (const name of ['viewer', 'auditor']) {
      const changing = Object.keys(grantsOf(name)).filter(permission => !/:(read|metrics)$/.test(permission));
      expect(changing).toEqual(['session:write']);
    }
  });

  test('a client and a viewer have nothing of what nobody owns, except what Hetzner offers', () => {
    for (const name of ['client', 'viewer']) {
      const all = Object.entries(grantsOf(name)).filter(([, grant]) => !['own', 'quota'].includes(grant));
      expect(all).toEqual([['catalog:read', 'all']]);
    }
  });

  test('what an operator cannot undo takes a second person, and what takes over a server a permit', () => {
    const of = (grant: Grant) =>
      Object.entries(grantsOf('operator'))
        .filter(([, given]) => given === grant)
        .map(([permission]) => permission.split(':')[1]);
    expect(new Set(of('approve'))).toEqual(new Set(['delete', 'drop', 'drop_backups', 'import', 'rollback']));
    expect(new Set(of('grant'))).toEqual(new Set(['protect', 'takeover']));
  });

  test('a role that there is not, or that is called like what every object has, grants nothing', () => {
    for (const name of ['nobody', '', '__proto__', 'constructor']) expect(Object.keys(grantsOf(name))).toEqual([]);
    expect(grantsOf('client').constructor).toBeUndefined();
  });

  test('a custom role grants what it says, and never stands for one that is always there', () => {
    const custom = new Map([
      ['night', { 'servers:power': 'all' } as Grants],
      ['viewer', { 'servers:delete': 'all' } as Grants],
    ]);
    expect(grantsOf('night', custom)).toEqual({ 'servers:power': 'all' });
    expect(grantsOf('viewer', custom)['servers:delete']).toBeUndefined();
  });
});

/** What the catalogue calls the permissions of the gateway itself, and what guards the same here. */
const renamed: Record<string, string> = {
  'users:read': 'user:read',
  'users:manage': 'user:write',
  'tokens:self': 'token:write',
  'roles:manage': 'role:write',
  'ownership:transfer': 'owner:write',
  'quotas:read': 'quota:read',
  'quotas:manage': 'quota:write',
  'audit:read': 'audit:read',
  'gateway:config': 'daemon:write',
  'gateway:metrics': 'daemon:read',
  'webhooks:manage': 'channel:write',
  'upstream_projects:manage': 'project:write',
  // Other people's tokens are within reach of who has `all` of token:write; entries are exported by who may read all.
  'tokens:manage': 'token:write',
  'audit:export': 'audit:read',
};

/** Where a role has another grant than in the catalogue, and why. */
const otherwise: Record<string, string> = {
  // Its own tokens are meant; those of others are an administrator's alone.
  'operator tokens:self': 'own',
  'operator tokens:manage': 'own',
  'client tokens:manage': 'own',
  // Who reads all entries can write them to a file.
  'operator audit:export': 'all',
  // Nobody owns entries, channels or the daemon's measurements, so that `own` would say nothing.
  'client audit:read': 'none',
  'client webhooks:manage': 'none',
  'viewer gateway:metrics': 'none',
};

describe.skipIf(!catalogue)('beside the catalogue of permissions', () => {
  test('each role has what the catalogue gives it, except where a reason is given', () => {
    const wrong = Object.entries<Record<string, string>>(catalogue.permissions).flatMap(([permission, byRole]) =>
      Object.entries(byRole).map(([title, grant]) => {
        const role = title.toLowerCase();
        const told = otherwise[`${role} ${permission}`] ?? grant;
        const said = grantIn(grantsOf(role), renamed[permission] ?? permission);
        return told === said ? undefined : `${role} ${permission}: ${said}, not ${told}`;
      }),
    );
    expect(wrong.filter(Boolean)).toEqual([]);
  });

  test('Hetzner’s permissions are those of the catalogue and the ones that a reason was given for', () => {
    const known = Object.keys(catalogue.permissions).filter(name => !(name in renamed));
    const added = ['isos:read', 'servers:drop_backups', 'storage_boxes:drop', 'zones:import'];
    expect([...hetznerPermissions]).toEqual([...known, ...added].sort());
  });
});

describe('what is narrowed', () => {
  const rank = (grant: Grant) => grantOrder.indexOf(grant);

  test('is never stronger than either, and never weaker than it has to be', () => {
    fc.assert(
      fc.property(anyGrants, anyGrants, (one, other) => {
        const both = narrow(one, other);
        for (const permission of permissions) {
          const ranks = [one, other].map(grants => rank(grantIn(grants, permission)));
          expect(rank(grantIn(both, permission))).toBe(Math.min(...ranks));
        }
      }),
    );
  });

  test('by a list of permissions has those, as the role has them', () => {
    const limited = narrow(grantsOf('client'), [
      'servers:read',
      'servers:resize',
      'user:write',
      'nonsense',
      '__proto__',
    ]);
    expect(limited).toEqual({ 'servers:read': 'own', 'servers:resize': 'quota' });
    expect(narrow(grantsOf('admin'), [])).toEqual({});
  });

  test('by itself is itself, in any order the same, and can be a role', () => {
    fc.assert(
      fc.property(anyGrants, anyGrants, (one, other) => {
        expect(narrow(one, other)).toEqual(narrow(other, one));
        expect(narrow(narrow(one, other), one)).toEqual(narrow(one, other));
        expect(checkGrants({ ...narrow(one, other) })).toEqual(narrow(one, other));
      }),
    );
  });
});

describe('the grants of a custom role', () => {
  test('that there are not are named, with what was meant', () => {
    expect(failureOf(() => checkGrants({ 'server:power': 'all' }))).toBe(
      "usage: there is no permission 'server:power' (Did you mean servers:power?)",
    );
    expect(failureOf(() => checkGrants({ 'servers:power': 'always' }))).toBe(
      "usage: servers:power: 'always' is not a grant (It takes one of none, grant, own, approve, all)",
    );
    expect(failureOf(() => checkGrants(['servers:power']))).toContain('grants are a map of permissions');
    expect(failureOf(() => checkGrants(null))).toContain('grants are a map of permissions');
    for (const name of ['constructor', '__proto__', 'toString', ':', 'servers', 'servers:']) {
      expect(failureOf(() => checkGrants(JSON.parse(`{${JSON.stringify(name)}: "all"}`)))).toContain(name);
    }
  });

  test('say something: no quota where nothing counts, no second person for a look or for what is new', () => {
    expect(grantsFor('servers:create')).toEqual(['none', 'grant', 'quota', 'own', 'all']);
    expect(grantsFor('servers:read')).toEqual(['none', 'grant', 'own', 'all']);
    expect(grantsFor('servers:delete')).toEqual(['none', 'grant', 'own', 'approve', 'all']);
    expect(grantsFor('catalog:read')).toEqual(['none', 'all']);
    expect(grantsFor('schedule:write')).toEqual(['none', 'all']);
    expect(grantsFor('token:write')).toEqual(['none', 'own', 'all']);
    expect(grantsFor('nonsense:read')).toEqual([]);
  });
});

test('what a body names has to be the caller’s to change, not only to see', () => {
  const collections = ['servers', 'networks', 'volumes', 'firewalls', 'primary_ips', 'images', 'ssh_keys', 'isos'];
  expect(collections.map(permissionToUse)).toEqual([
    'servers:update',
    'networks:update',
    'volumes:attach',
    'firewalls:attach',
    'primary_ips:attach',
    'images:update',
    'ssh_keys:update',
    'isos:read',
  ]);
});
