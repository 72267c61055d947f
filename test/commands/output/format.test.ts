import { expect, test } from 'vitest';
import { type FormatOptions, parseFormat } from '../../../src/commands/output/format.ts';

const available = ['id', 'name', 'status', 'private_net'];

function fault(options: FormatOptions): { code: string; message: string; hint: string } {
  try {
    parseFormat(options);
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
  throw new Error('no failure');
}

test('without flags it is a table with a header', () => {
  expect(parseFormat({})).toMatchObject({ kind: 'table', header: true, machine: false, columns: undefined });
});

test.each([
  ['json', true],
  ['ndjson', true],
  ['yaml', true],
  ['wide', false],
  ['csv', false],
  ['name', false],
  ['id', false],
] as const)('-o %s is understood; for a program: %s', (kind, machine) => {
  expect(parseFormat({ output: [kind] })).toMatchObject({ kind, machine });
});

test('-o may be repeated: columns, noheader and a format together', () => {
  expect(parseFormat({ output: ['columns=id,name', 'noheader', 'csv'], available })).toMatchObject({
    kind: 'csv',
    header: false,
    columns: ['id', 'name'],
  });
});

test('--columns adds to -o columns=, and capitals and dashes are forgiven', () => {
  expect(parseFormat({ output: ['columns=id'], columns: ['Private-Net, name'], available }).columns).toEqual([
    'id',
    'private_net',
    'name',
  ]);
});

test('the same format twice is one, two formats exclude each other', () => {
  expect(parseFormat({ output: ['json', 'json'] }).kind).toBe('json');
  expect(fault({ output: ['json', 'yaml'] })).toMatchObject({
    code: 'usage',
    message: 'output formats exclude each other: -o json and -o yaml',
  });
});

test('an unknown format names the nearest and all', () => {
  const failure = fault({ output: ['jsno'] });
  expect(failure.message).toBe('unknown output format: jsno');
  expect(failure.hint).toMatch(/^Did you mean json\? Formats: table, wide, json, .*format=$/);
  expect(fault({ output: [''] }).hint).toMatch(/^Formats: /);
});

test('an unknown column names the nearest and all', () => {
  expect(fault({ columns: ['statsu'], available })).toMatchObject({
    code: 'usage',
    message: 'unknown column: statsu',
    hint: 'Did you mean status? Columns: id, name, status, private_net',
  });
  expect(fault({ columns: ['zzz'], available }).hint).toBe('Columns: id, name, status, private_net');
});

test('columns must be named, and do not go with a format that has none', () => {
  expect(fault({ output: ['columns='], available }).message).toBe('no columns given');
  expect(fault({ columns: [' , '] }).hint).toBe('Such as --columns id,name');
  expect(fault({ output: ['json'], columns: ['id'] }).message).toBe('columns do not go with -o json');
  expect(fault({ output: ['format={{.ID}}'], columns: ['id'] }).message).toBe('columns do not go with -o format=');
});

test('--query implies JSON, goes with data formats, and not with names, ids or templates', () => {
  expect(parseFormat({ query: '[].id' })).toMatchObject({ kind: 'json', machine: true, query: '[].id' });
  expect(parseFormat({ query: '[].id', output: ['yaml'] }).kind).toBe('yaml');
  expect(parseFormat({ query: '[].id', output: ['table'] }).kind).toBe('table');
  for (const output of ['name', 'id', 'format={{.ID}}']) {
    expect(fault({ query: 'a', output: [output] }).message).toMatch(/^--query does not go with -o /);
  }
});

test('a template is parsed at once', () => {
  expect(parseFormat({ output: ['format={{.Name}}!'] })).toMatchObject({ kind: 'template', template: [['Name'], '!'] });
});
