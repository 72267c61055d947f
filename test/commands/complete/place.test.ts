import { expect, test } from 'vitest';
import { locate, type Placeable } from '../../../src/commands/complete/place.ts';
import { field } from '../../../src/core/field.ts';

const command: Placeable = {
  fields: {
    server: field('repeat', '', { operand: 'one' }),
    label: field('repeat', '', { operand: 'many' }),
    selector: field('selector', '', { short: 'l' }),
    all: field('boolean', ''),
    quiet: field('boolean', '', { short: 'q' }),
    columns: field('list', '', { short: 'c' }),
    output: field('repeat', '', { short: 'o' }),
  },
  targets: { operand: 'server', all: true },
};

const at = (...words: string[]) => {
  const { kind, name, lead, typed } = locate(command, words.slice(0, -1), words.at(-1)!);
  return [kind, name, lead, typed];
};

test('operands come in order, the last of them as often as one likes', () => {
  expect(at('')).toEqual(['value', 'server', '', '']);
  expect(at('web-1', 'e')).toEqual(['value', 'label', '', 'e']);
  expect(at('web-1', 'env', 'tier', '')).toEqual(['value', 'label', '', '']);
});

test('a selector, or --all where it means all items, stands for the target', () => {
  expect(at('-l', 'env=prod', '')).toEqual(['value', 'label', '', '']);
  expect(at('--selector=env', '')).toEqual(['value', 'label', '', '']);
  expect(at('--all', '')).toEqual(['value', 'label', '', '']);
  const ownAll = { ...command, targets: { operand: 'server', all: false } };
  expect(locate(ownAll, ['--all'], '').name).toBe('server');
});

test('what is known of each field is kept: flags, switches in one word, operands', () => {
  const { given } = locate(command, ['web-1', '-qojson', '--columns', 'id,name', '-l', 'env', 'a'], '');
  expect(given).toMatchObject({ quiet: ['true'], output: ['json'], columns: ['id', 'name'], selector: ['env'] });
});

test('the value of a flag stands in the next word, after an equals sign, or right after its letter', () => {
  expect(at('--output', 'js')).toEqual(['value', 'output', '', 'js']);
  expect(at('-o', '')).toEqual(['value', 'output', '', '']);
  expect(at('--output=js')).toEqual(['value', 'output', '--output=', 'js']);
  expect(at('-ojs')).toEqual(['value', 'output', '-o', 'js']);
  expect(at('-qojs')).toEqual(['value', 'output', '-qo', 'js']);
  expect(at('-o', '-x')).toEqual(['value', 'output', '', '-x']);
});

test('of a list only the entry after the last comma is completed', () => {
  expect(at('--columns', 'id,na')).toEqual(['value', 'columns', 'id,', 'na']);
  expect(at('--columns=id,na')).toEqual(['value', 'columns', '--columns=id,', 'na']);
  expect(locate(command, ['-c', 'id'], '-cname,').given.columns).toEqual(['id', 'name']);
});

test('a word with a dash is a flag until there is a --', () => {
  expect(at('-')).toEqual(['flag', '', '', '-']);
  expect(at('--o')).toEqual(['flag', '', '', '--o']);
  expect(at('-q')).toEqual(['flag', '', '', '-q']);
  expect(at('--', '-x')).toEqual(['value', 'server', '', '-x']);
  expect(at('-', 'e')).toEqual(['value', 'label', '', 'e']);
});

test('an unknown flag is passed over', () => {
  expect(at('--nonsense', 'we')).toEqual(['value', 'server', '', 'we']);
  expect(at('-z', 'we')).toEqual(['value', 'server', '', 'we']);
  expect(at('--nonsense=x')).toEqual(['flag', '', '', '--nonsense=x']);
  expect(at('--server=x')).toEqual(['flag', '', '', '--server=x']);
});

test('after all operands there is nothing, nor after the first of a command that is passed on', () => {
  const { label: _, ...fields } = command.fields;
  expect(locate({ ...command, fields }, ['web-1'], '').kind).toBe('nothing');
  const ssh = { ...command, passThrough: true };
  expect(locate(ssh, [], 'we').name).toBe('server');
  expect(locate(ssh, ['web-1'], 'up').kind).toBe('nothing');
  expect(locate(ssh, ['web-1', '-l'], 'root').kind).toBe('nothing');
});
