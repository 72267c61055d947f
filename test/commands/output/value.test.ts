import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeValue } from '../../../src/commands/output/value.ts';
import { fakeScreen } from '../../helpers/screen.ts';

function written(kind: 'json' | 'ndjson' | 'yaml', value: unknown): string {
  const screen = fakeScreen();
  writeValue(screen, kind, value);
  return screen.text;
}

const anyJson = fc.jsonValue({ stringUnit: 'binary' });
const manyRows = fc.array(fc.record({ id: fc.nat(), name: fc.string() }), { minLength: 480, maxLength: 520 });

test('JSON is laid out as JSON.stringify does with two spaces, in blocks or not', () => {
  for (const value of [[], {}, [1], [[]], 'a', null, { a: [] }]) {
    expect(written('json', value)).toBe(`${JSON.stringify(value, null, 2)}\n`);
  }
  fc.assert(
    fc.property(manyRows, rows => written('json', rows) === `${JSON.stringify(rows, null, 2)}\n`),
    { numRuns: 5 },
  );
});

test('JSON, NDJSON and YAML mean exactly the input', () => {
  fc.assert(
    fc.property(anyJson, value => {
      const same = JSON.stringify(value);
      expect(JSON.stringify(JSON.parse(written('json', value)))).toBe(same);
      const lines = written('ndjson', [value, value]).split('\n');
      expect(lines).toHaveLength(3);
      expect(JSON.stringify(JSON.parse(lines[1]!))).toBe(same);
    }),
  );
});

// A map key of more than 1024 characters, and __proto__ as a key, are limits of the parser used here.
const yamlSafe = fc.jsonValue({ stringUnit: 'binary' }).filter(value => !JSON.stringify(value).includes('__proto__'));

test('YAML is read back alike by readers of version 1.1 and 1.2', () => {
  fc.assert(
    fc.property(yamlSafe, value => {
      const text = written('yaml', value);
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      for (const version of ['1.1', '1.2'] as const) {
        expect(JSON.stringify(parse(text, { version }))).toBe(JSON.stringify(value));
      }
    }),
  );
});

test.each([
  'no',
  'on',
  'Yes',
  'null',
  '~',
  '012',
  '0x1f',
  '1_000',
  '12:30',
  '1e3',
  '.inf',
  '2026-11-23',
  'a: b',
  'a #b',
  '- a',
  '',
  ' a',
  'a ',
  '@a',
  '%a',
  '!a',
  '&a',
  '*a',
  '|',
  '=',
  '<<',
  'a\nb',
  '---',
  '...',
  '{a',
  "it's",
  'key:',
])('the word %j is still that word in YAML', word => {
  const text = written('yaml', [{ [word]: word }]);
  for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual([{ [word]: word }]);
});

test('YAML is laid out in blocks, plain where that is safe', () => {
  const value = [{ id: 1, name: 'web-1', net: { ips: ['10.0.0.1'], none: [] } }, [['a']]];
  expect(written('yaml', value)).toBe(
    '- id: 1\n  name: web-1\n  net:\n    ips:\n      - "10.0.0.1"\n    none: []\n- - - a\n',
  );
});

test('keys without a value are left out, as in JSON', () => {
  expect(written('yaml', { a: undefined, b: 1 })).toBe('b: 1\n');
  expect(written('yaml', [{ a: undefined }])).toBe('- {}\n');
});

test('one object is one line of NDJSON', () => {
  expect(written('ndjson', { a: '\x9b' })).toBe('{"a":"\\u009b"}\n');
  expect(written('ndjson', [])).toBe('');
});

test('a reader that has gone ends the work', () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `web-${id}` }));
  for (const kind of ['json', 'ndjson', 'yaml'] as const) {
    const screen = fakeScreen({ closeAfter: 1 });
    writeValue(screen, kind, rows);
    expect(screen.writes).toHaveLength(1);
    expect(screen.text.length).toBeLessThan(100_000);
  }
});
