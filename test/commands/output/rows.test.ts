import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from '../../../src/commands/output/csv.ts';
import { parseFormat } from '../../../src/commands/output/format.ts';
import { type Rows, writeRows } from '../../../src/commands/output/rows.ts';
import { fakeScreen } from '../../helpers/screen.ts';

interface Thing {
  id: number;
  name: string | null;
  created: string;
  labels: Record<string, string>;
}

const things: Thing[] = [
  { id: 1, name: 'web-1', created: '2026-11-20T08:00:00+00:00', labels: { env: 'prod', app: 'a,b' } },
  { id: 2, name: null, created: '2026-11-23T07:00:00+00:00', labels: {} },
];

const how: Omit<Rows<Thing>, 'items'> = {
  columns: {
    id: thing => thing.id,
    name: thing => thing.name,
    age: thing => new Date(thing.created),
    labels: thing => thing.labels,
  },
  defaults: ['id', 'name', 'age'],
  wide: ['id', 'name', 'age', 'labels'],
  nameOf: thing => thing.name,
  idOf: thing => thing.id,
  now: Date.parse('2026-11-23T08:00:00Z'),
};

async function list(options: Parameters<typeof parseFormat>[0], items = things, isTTY = false): Promise<string> {
  const out = fakeScreen({ isTTY });
  await writeRows(out, parseFormat({ available: Object.keys(how.columns), ...options }), { ...how, items });
  return out.text;
}

test('a table shows the default columns, -o wide more, and columns= those asked for', async () => {
  expect(await list({}, things, true)).toBe('ID   NAME    AGE\n1    web-1   3d\n2    -       1h\n');
  expect(await list({ output: ['wide'] }, things, true)).toContain('app=a,b, env=prod');
  expect(await list({ output: ['columns=name,id', 'noheader'] })).toBe('web-1   1\n-       2\n');
});

test('JSON is the array of the objects untouched, also when it is empty', async () => {
  expect(await list({ output: ['json'] })).toBe(`${JSON.stringify(things, null, 2)}\n`);
  expect(await list({ output: ['json'] }, [])).toBe('[]\n');
  expect(await list({ output: ['ndjson'] })).toBe(things.map(thing => `${JSON.stringify(thing)}\n`).join(''));
});

test('CSV holds the raw values, quoted where needed', async () => {
  expect(await list({ output: ['csv'], columns: ['id', 'name', 'age', 'labels'] })).toBe(
    'id,name,age,labels\n1,web-1,2026-11-20T08:00:00Z,"app=a,b,env=prod"\n2,,2026-11-23T07:00:00Z,\n',
  );
  expect(await list({ output: ['csv', 'noheader'], columns: ['id'] })).toBe('1\n2\n');
});

test('names and ids come one a line; a thing without a name is named by its id', async () => {
  expect(await list({ output: ['name'] })).toBe('web-1\n2\n');
  expect(await list({ output: ['id'] })).toBe('1\n2\n');
  expect(await list({ output: ['name'] }, [{ ...things[0]!, name: 'a\x1b[2J' }])).toBe('a\\x1b[2J\n');
});

test('a template is filled for each item', async () => {
  expect(await list({ output: ['format={{.ID}}:{{.Labels.env}}'] }, [things[0]!])).toBe('1:prod\n');
});

test('--query gives JSON, or the format asked for', async () => {
  expect(await list({ query: '[].id' })).toBe('[\n  1,\n  2\n]\n');
  expect(await list({ query: '[0].name' })).toBe('"web-1"\n');
  expect(await list({ query: '[0].labels', output: ['yaml'] })).toBe('env: prod\napp: "a,b"\n');
  expect(await list({ query: '[].{who: name, labels: labels, n: [id]}', output: ['table'] })).toBe(
    'WHO     LABELS              N\nweb-1   app=a,b, env=prod   1\n-       -                   2\n',
  );
  expect(await list({ query: '[].id', output: ['csv'] })).toBe('value\n1\n2\n');
  expect(await list({ query: '[].{id: id, all: {a: [labels]}}', output: ['csv', 'noheader'] })).toContain(
    '1,"{""a"":[',
  );
});

test('a column that was not checked shows as empty', async () => {
  const out = fakeScreen();
  await writeRows(out, parseFormat({ columns: ['id', 'other'] }), { ...how, items: [things[0]!] });
  expect(out.text).toBe('ID   OTHER\n1    -\n');
});

function parseCsvLine(line: string): string[] {
  const cells = [''];
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (character === '"' && quoted && line[index + 1] === '"') cells.push(`${cells.pop()}${line[index++]}`);
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) cells.push('');
    else cells.push(`${cells.pop()}${character}`);
  }
  return cells;
}

test('what CSV writes a plain reader reads back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '日', ' ', ',', '"', '\n', ';') });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), cells => {
      expect(parseCsvLine(csvLine(cells))).toEqual(cells);
    }),
  );
});

test('no raw control character but the line break is in CSV', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(csvLine([text, text])).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }),
  );
});
