import { expect, test } from 'vitest';
import { checkQuery, runQuery } from '../../../src/commands/output/query.ts';

const servers = [
  { name: 'web-1', status: 'running', id: 1 },
  { name: 'web-2', status: 'off', id: 2 },
];

test('an expression chooses from the data', async () => {
  expect(await runQuery("[?status=='running'].name", servers)).toEqual(['web-1']);
  expect(await runQuery('length(@)', servers)).toBe(2);
  expect(await runQuery('[0].nothing', servers)).toBe(null);
});

test.each([
  ['a b', 'at character 3'],
  ['[?a ~ b]', 'at character 5'],
  ["[].{a: name, b: 'x}", 'at its end'],
  ['a."b', 'at character 3'],
  ['a..b', 'at character 3'],
  ['a)', 'at character 2'],
  ['[?a', 'at its end'],
  ['a.', 'at its end'],
  ['', 'at its end'],
])('%j is wrong %s', async (expression, place) => {
  const failure = await checkQuery(expression).catch(error => error);
  expect(failure).toMatchObject({ code: 'usage', hint: expect.stringContaining('JMESPath') });
  expect(failure.message).toContain(`--query is not valid ${place}: `);
  await expect(runQuery(expression, {})).rejects.toMatchObject({ code: 'usage' });
});

test('an expression that does not fit the data is a usage failure too', async () => {
  await expect(checkQuery('nope(@)')).resolves.toBeUndefined();
  await expect(runQuery('nope(@)', {})).rejects.toMatchObject({
    code: 'usage',
    message: '--query does not fit the data: Unknown function: nope()',
  });
  await expect(runQuery('sort_by(@, &a)', {})).rejects.toMatchObject({ code: 'usage' });
});
