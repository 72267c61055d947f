import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchOperation } from '../../../src/core/access/match.ts';
import { operations } from '../../../src/core/access/operations.ts';

const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(String);
const word = fc.stringMatching(/^[a-z0-9_]([a-z0-9_-]{0,10}[a-z0-9_])?$/);
const domain = fc.array(word, { minLength: 2, maxLength: 4 }).map(words => `${words.join('.')}.example`);
const record = fc.oneof(fc.constantFrom('@', '*', '%40', '%2A.dev', '*.dev', '_sip._tcp'), word);

/** What may stand for a variable of a path. */
const segments: Record<string, fc.Arbitrary<string>> = {
  '{id}': id,
  '{action_id}': id,
  '{snapshot_id}': id,
  '{subaccount_id}': id,
  '{id_or_name}': fc.oneof(id, domain),
  '{rr_name}': record,
  '{rr_type}': fc.constantFrom('A', 'AAAA', 'TXT', 'SRV'),
};

const request = fc
  .constantFrom(...operations)
  .chain(operation =>
    fc
      .tuple(...operation.path.split('/').map(part => segments[part] ?? fc.constant(part)))
      .map(parts => ({ operation, parts, path: parts.join('/') })),
  );

test('every operation is found by its own path, with the resource and the action that stand in it', () => {
  fc.assert(
    fc.property(request, ({ operation, parts, path }) => {
      const match = matchOperation(operation.method, path);
      expect(match?.operation).toBe(operation);
      expect(match?.type).toBe(parts[0]);
      const names = operation.path.split('/');
      const ofAction = names.findIndex((name, index) => name.startsWith('{') && names[index - 1] === 'actions');
      expect(match?.action).toBe(parts[ofAction]);
      const isItem = /^\{id/.test(names[1] ?? '') && names[0] !== 'actions';
      expect(match?.id).toBe(isItem ? parts[1] : undefined);
    }),
    { numRuns: 2000 },
  );
});

test('a path that is written in any other way is no operation', () => {
  const spoil = fc.constantFrom<(path: string) => string>(
    path => `/${path}`,
    path => `${path}/`,
    path => path.replace('/', '//'),
    path => `./${path}`,
    path => `x/../${path}`,
    path => path.replace('/', '%2f'),
    path => path.replace('/', '%2F'),
    path => path.replace('/', '/./'),
    path => path.replace('/', '\\'),
    path => `${path}%00`,
    path => `${path}?`,
    path => `${path}#`,
    path => `${path};a=b`,
    path => ` ${path}`,
    path => path.toUpperCase(),
    path => `%${path.charCodeAt(0).toString(16)}${path.slice(1)}`,
    path => `${path}/actions/explode`,
  );
  fc.assert(
    fc.property(request, spoil, ({ operation, path }, change) => {
      const changed = change(path);
      fc.pre(changed !== path);
      expect(matchOperation(operation.method, changed)).toBeUndefined();
    }),
    { numRuns: 3000 },
  );
});

test('any text is an operation of the table or nothing', () => {
  const part = fc.oneof(fc.constantFrom('servers', 'zones', 'actions', 'rrsets', '1', '0', '..', '', 'A'), fc.string());
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'get', ''), fc.array(part), (method, parts) => {
      const match = matchOperation(method, parts.join('/'));
      if (!match) return;
      const pattern = match.operation.path.replace(/\{[a-z_]+\}/g, '[^/]+').replaceAll('*', '\\*');
      expect(parts.join('/')).toMatch(new RegExp(`^${pattern}$`));
      expect(match.operation.method).toBe(method);
    }),
    { numRuns: 3000 },
  );
});

describe('an id', () => {
  test.each(['0', '007', '-1', '+1', '1.0', '1e3', '0x1', ' 1', '1 ', '١', '9007199254740992', '9'.repeat(20), '%31'])(
    'is not written %j',
    text => {
      expect(matchOperation('GET', `servers/${text}`)).toBeUndefined();
      expect(matchOperation('GET', `zones/${text}`)).toBeUndefined();
    },
  );

  test('of a zone may be its name, in lower case as Hetzner keeps it', () => {
    expect(matchOperation('DELETE', 'zones/example.com')?.id).toBe('example.com');
    expect(matchOperation('GET', 'zones/xn--bcher-kva.example/rrsets/@/MX')?.id).toBe('xn--bcher-kva.example');
    const others = [
      'Example.com',
      'example..com',
      '.example.com',
      'example.com.',
      '-a.com',
      'a b',
      'ü.de',
      'a%2Eb',
      '..',
    ];
    for (const name of [...others, 'a'.repeat(254)]) expect(matchOperation('GET', `zones/${name}`)).toBeUndefined();
  });

  test('in the feed of all actions of a collection is an action’s', () => {
    expect(matchOperation('GET', 'zones/actions/7')).toMatchObject({ type: 'zones', action: '7', id: undefined });
    expect(matchOperation('GET', 'actions/7')).toMatchObject({ type: 'actions', action: '7', id: undefined });
    expect(matchOperation('GET', 'servers/1/actions/7')).toMatchObject({ type: 'servers', action: '7', id: '1' });
  });
});

test('other methods than an operation’s own are no operation', () => {
  for (const method of ['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'get', 'PUT']) {
    expect(matchOperation(method, 'servers')).toBeUndefined();
  }
  expect(matchOperation('POST', 'images')).toBeUndefined();
});

test('names of what every object has are no paths', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'servers/constructor', 'servers/1/__proto__']) {
    expect(matchOperation('GET', name)).toBeUndefined();
  }
});
