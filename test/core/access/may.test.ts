import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decision, isPublic, may, type Relation } from '../../../src/core/access/may.ts';
import type { Grants } from '../../../src/core/access/operation.ts';
import { operations } from '../../../src/core/access/operations.ts';
import { grantsFor, hetznerPermissions } from '../../../src/core/access/permissions.ts';
import { grantsOf, narrow } from '../../../src/core/access/roles.ts';

const as = (role: string, grants: Grants = grantsOf(role)) => ({ role, grants });
const ask = (role: string, permission: string, relation: Relation, permits?: string[]) => {
  const decision = may(as(role), { permission, type: permission.split(':')[0]!, relation, permits });
  return decision.kind === 'forbidden' ? decision.message : decision.kind;
};

describe('a client', () => {
  test('may what its quota has room for, and everything with what it owns', () => {
    expect(ask('client', 'servers:create', 'none')).toBe('quota');
    expect(ask('client', 'servers:resize', 'own')).toBe('quota');
    expect(ask('client', 'servers:delete', 'own')).toBe('allowed');
    expect(ask('client', 'servers:read', 'none')).toBe('allowed');
  });

  test('is told of nothing that others own', () => {
    for (const permission of ['servers:read', 'servers:power', 'servers:delete', 'images:create']) {
      expect(ask('client', permission, 'foreign')).toBe('hidden');
    }
  });

  test('sees Hetzner’s own images and changes none', () => {
    expect(ask('client', 'images:read', 'public')).toBe('allowed');
    expect(ask('client', 'images:delete', 'public')).toBe(
      "not permitted: the role 'client' has images:delete only for what is its own",
    );
  });

  test('may with a permit what the permit says, and see it, and no more', () => {
    expect(ask('client', 'servers:power', 'foreign', ['servers:power'])).toBe('allowed');
    expect(ask('client', 'servers:read', 'foreign', ['servers:power'])).toBe('allowed');
    expect(ask('client', 'servers:delete', 'foreign', ['servers:power'])).toBe(
      "not permitted: the role 'client' has servers:delete only for what is its own",
    );
  });
});

describe('an operator', () => {
  test('deletes what others own with a second person, and what is its own without one', () => {
    expect(ask('operator', 'servers:delete', 'foreign')).toBe('approval');
    expect(ask('operator', 'servers:delete', 'own')).toBe('allowed');
  });

  test('takes over a server where a permit names it', () => {
    expect(ask('operator', 'servers:takeover', 'foreign')).toBe(
      "not permitted: the role 'operator' has servers:takeover only for what an administrator names in a permit",
    );
    expect(ask('operator', 'servers:takeover', 'foreign', ['servers:takeover'])).toBe('allowed');
    expect(ask('operator', 'servers:takeover', 'foreign', ['servers:power'])).toContain('only for what');
  });
});

test('a viewer is told which permission it has not, for what it sees; a permit changes nothing about it', () => {
  const sentence = "not permitted: the role 'viewer' has not the permission servers:power";
  expect(ask('viewer', 'servers:power', 'own')).toBe(sentence);
  expect(ask('viewer', 'servers:power', 'foreign')).toBe('hidden');
  expect(ask('viewer', 'servers:power', 'foreign', ['servers:power'])).toBe(sentence);
  expect(ask('viewer', 'servers:create', 'none')).toContain('servers:create');
});

test('whoever comes with a token is told that it may be the token that has not the permission', () => {
  const question = { permission: 'servers:power', type: 'servers', relation: 'own' as const };
  const narrowed = { role: 'client', grants: narrow(grantsOf('client'), ['servers:read']), token: 3, user: 1 };
  expect(may(narrowed, question)).toEqual({
    kind: 'forbidden',
    message: "not permitted: the role 'client', or this token, has not the permission servers:power",
  });
});

test('an auditor sees what everybody owns, so that nothing is hidden from it', () => {
  expect(ask('auditor', 'servers:read', 'foreign')).toBe('allowed');
  expect(ask('auditor', 'servers:power', 'foreign')).toContain('has not the permission');
});

test('an image is made of a server that one may see', () => {
  const question = { permission: 'images:create', type: 'servers', relation: 'foreign' as const };
  expect(may(as('client'), question).kind).toBe('hidden');
  expect(may(as('auditor'), question).kind).toBe('forbidden');
  expect(may(as('client'), { ...question, relation: 'own' }).kind).toBe('quota');
});

test('everybody sees what Hetzner offers, and nobody a private ISO or snapshot because of what it is', () => {
  expect(['locations', 'server_types', 'storage_box_types', 'pricing'].every(name => isPublic(name))).toBe(true);
  expect(isPublic('images', { type: 'system' }) && isPublic('images', { type: 'app' })).toBe(true);
  expect(isPublic('isos', { type: 'public' })).toBe(true);
  for (const type of ['snapshot', 'backup', 'temporary', undefined]) expect(isPublic('images', { type })).toBe(false);
  for (const type of ['private', null, undefined]) expect(isPublic('isos', { type })).toBe(false);
  for (const name of ['servers', 'actions', 'zones', 'constructor']) expect(isPublic(name)).toBe(false);
});

/** From the worst to the best that may come of a question. */
const outcomes: readonly Decision['kind'][] = ['hidden', 'forbidden', 'approval', 'quota', 'allowed'];

const question = fc
  .tuple(
    fc.constantFrom(...operations),
    fc.constantFrom<Relation>('own', 'foreign', 'public'),
    fc.subarray(['servers:read', 'servers:power', 'servers:delete', 'servers:takeover', 'images:create']),
    fc.constantFrom('none', 'own', 'all'),
  )
  .map(([operation, relation, permits, reading]) => ({
    operation,
    // Only a path without an id asks about no resource.
    relation: operation.path.includes('{id') ? relation : ('none' as const),
    permits,
    reading,
  }));

test('a stronger grant never gets less', () => {
  fc.assert(
    fc.property(question, fc.nat(), fc.nat(), ({ operation, relation, permits, reading }, first, second) => {
      const { permission, path } = operation;
      const type = path.split('/')[0]!;
      const possible = grantsFor(permission);
      const [weak, strong] = [first % possible.length, second % possible.length].sort((one, other) => one - other);
      const got = [weak, strong].map(rank => {
        const grants = { [`${type}:read`]: reading, [permission]: possible[rank!] } as Grants;
        return outcomes.indexOf(may(as('custom', grants), { permission, type, relation, permits }).kind);
      });
      expect(got[0]).toBeLessThanOrEqual(got[1]!);
    }),
    { numRuns: 5000 },
  );
});

test('one permit more never gets less, and without any grant nothing is allowed', () => {
  fc.assert(
    fc.property(question, fc.constantFrom(...hetznerPermissions), fc.nat(), (asked, more, pick) => {
      const { permission, path } = asked.operation;
      const type = path.split('/')[0]!;
      const possible = grantsFor(permission);
      const grants = { [permission]: possible[pick % possible.length]! };
      const get = (permits: string[], given: Grants) =>
        may(as('custom', given), { permission, type, relation: asked.relation, permits }).kind;
      const [fewer, all] = [asked.permits, [...asked.permits, more]].map(permits => get(permits, grants));
      expect(outcomes.indexOf(fewer!)).toBeLessThanOrEqual(outcomes.indexOf(all!));
      expect(['hidden', 'forbidden']).toContain(get([...asked.permits, more], {}));
    }),
    { numRuns: 5000 },
  );
});

test('what somebody sees nothing of is never forbidden by name: a stranger’s is hidden', () => {
  fc.assert(
    fc.property(question, fc.constantFrom('client', 'viewer'), ({ operation: { permission, path } }, role) => {
      fc.pre(permission !== 'catalog:read');
      const decision = may(as(role), { permission, type: path.split('/')[0]!, relation: 'foreign' });
      expect(decision.kind).toBe('hidden');
    }),
  );
});
