import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe as describeItem } from '../../../src/commands/output/describe.ts';
import { parseFormat } from '../../../src/commands/output/format.ts';
import { humanizeBytes, humanizeKey } from '../../../src/commands/output/humanize.ts';
import { type Item, writeItem } from '../../../src/commands/output/item.ts';
import { fakeScreen } from '../../helpers/screen.ts';

const server = {
  id: 42,
  name: 'web-1\x1b',
  created: '2026-11-20T08:00:00+00:00',
  public_net: { ipv4: { ip: '203.0.113.1', dns_ptr: null }, floating_ips: [] },
  private_net: [{ network: 7, alias_ips: ['10.0.0.3', '10.0.0.4'] }],
  labels: { server_type: 'x' },
  included_traffic: 21990232555520,
  locked: false,
  text: 'one\ntwo\x1b\n',
};

const how: Item<typeof server> = {
  nameOf: item => item.name,
  idOf: item => item.id,
  now: Date.parse('2026-11-23T08:00:00Z'),
  columns: { id: item => item.id, age: item => new Date(item.created) },
};

async function show(options: Parameters<typeof parseFormat>[0], isTTY = false, with_ = how): Promise<string> {
  const out = fakeScreen({ isTTY });
  await writeItem(out, parseFormat(options), server, with_);
  return out.text;
}

test('a thing is described in aligned lines, nested by indentation', async () => {
  expect(await show({}, true)).toMatchInlineSnapshot(`
    "ID:                 42
    Name:               web-1\\x1b
    Created:            2026-11-20T08:00:00+00:00 (3d ago)
    Public net:
      IPv4:
        IP:        203.0.113.1
        DNS PTR:   -
      Floating IPs:   -
    Private net:
      - Network:     7
        Alias IPs:   10.0.0.3, 10.0.0.4
    Labels:
      server_type:   x
    Included traffic:   21990232555520 (20 TiB)
    Locked:             no
    Text:
      one
      two\\x1b
    "
  `);
});

test('in a pipe no age stands beside a time, and a time to come is said to come', async () => {
  expect(await show({})).toContain('Created:            2026-11-20T08:00:00+00:00\n');
  expect(describeItem({ at: '2026-11-20T08:00:00Z' }, Date.parse('2026-11-19T08:00:00Z'))).toEqual([
    'At:   2026-11-20T08:00:00Z (in 1d)',
  ]);
});

test('JSON is the object untouched, and every other format works on one', async () => {
  expect(await show({ output: ['json'] })).toBe(`${JSON.stringify(server, null, 2)}\n`);
  expect(await show({ output: ['ndjson'] })).toBe(`${JSON.stringify(server)}\n`);
  expect(await show({ output: ['id'] })).toBe('42\n');
  expect(await show({ output: ['name'] })).toBe('web-1\\x1b\n');
  expect(await show({ output: ['format={{.ID}}'] })).toBe('42\n');
  expect(await show({ query: 'public_net.ipv4.ip' })).toBe('"203.0.113.1"\n');
  expect(await show({ output: ['csv'] })).toBe('id,age\n42,2026-11-20T08:00:00Z\n');
  expect(await show({ columns: ['age'] }, true)).toBe('AGE\n3d\n');
});

test('where no columns are declared the keys are the columns', async () => {
  const bare = { ...how, columns: undefined };
  expect(await show({ output: ['csv'], columns: ['id', 'locked'] }, false, bare)).toBe('id,locked\n42,false\n');
  expect(await show({ output: ['csv'] }, false, bare)).toMatch(/^id,name,created,public_net,/);
});

test('any JSON can be described, and no control character gets through', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), item => {
      const lines = describeItem(item, 0);
      expect(lines.length).toBeGreaterThanOrEqual(Object.keys(item).length);
      expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
    }),
  );
});

test.each([
  ['id', 'ID'],
  ['public_net', 'Public net'],
  ['ssh_key_ids', 'SSH key IDs'],
  ['ipv6', 'IPv6'],
  ['dns_ptr', 'DNS PTR'],
  ['vswitch_id', 'vSwitch ID'],
  ['constructor', 'Constructor'],
])('the key %s is read as %s', (key, text) => {
  expect(humanizeKey(key)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [21990232555520, '20 TiB'],
  [2 ** 70, '1024 EiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(humanizeBytes(bytes)).toBe(text);
});
