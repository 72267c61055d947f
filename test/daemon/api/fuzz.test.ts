import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fields, keyOf } from '../../../src/core/field.ts';
import { isReading, routesOf, served } from '../../../src/daemon/api/routes.ts';
import { openApi } from './served.ts';

const changing = routesOf(served).filter(({ verb }) => !isReading(verb.kind));
const reading = routesOf(served).filter(({ verb }) => isReading(verb.kind));

const awkward = fc.constantFrom<unknown>(
  null,
  '',
  ' ',
  '0',
  '-1',
  'NaN',
  '\u0000',
  '\ud800',
  '__proto__',
  '1e999',
  -1,
  0.5,
  2 ** 53,
  1e308,
  [],
  {},
  [[]],
  [null],
  { __proto__: 1 },
  true,
  'x'.repeat(70_000),
  '2026-11-25',
  '2026-13-45',
  '0 3 * * *',
  "'; DROP TABLE audit; --",
);
const anything = fc.oneof(
  awkward,
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt().map(Number),
);

/** A request of some route with a body that has some of its keys, and others. */
const request = fc.constantFrom(...changing).chain(route => {
  const keys = Object.entries(route.verb.fields as Fields).map(([name, declared]) => keyOf(name, declared));
  const key =
    keys.length === 0 ? fc.string() : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...keys) }, fc.string());
  const body = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .array(fc.tuple(key, anything), { maxLength: 6 })
        .map(pairs => JSON.stringify(Object.fromEntries(pairs))),
    },
    { weight: 1, arbitrary: anything.map(value => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  const id = fc.oneof(fc.constant('1'), fc.constantFrom('0', '2', '007', '9007199254740993', '-1', 'x', '%00', '..'));
  return fc.record({ route: fc.constant(route), body, id });
});

describe('whatever is sent to the API', () => {
  it('never breaks it: 10,000 bodies, each taken or refused with a reason', { timeout: 120_000 }, async () => {
    const { ask, logged, audit, schedule, backup } = await openApi();
    schedule.rows.push({ id: 1, name: 'nightly' });
    backup.rows.push({ id: 1, name: 'image' });
    await fc.assert(
      fc.asyncProperty(request, async ({ route, body, id }) => {
        if (schedule.rows.length !== 1) schedule.rows.splice(0, 9, { id: 1, name: 'nightly' });
        const { status, body: answer } = await ask(route.method, `/cloudctl/v1/${route.path.replace(':id', id)}`, body);
        expect(status, JSON.stringify(answer)).toBeLessThan(500);
        if (status >= 400) {
          expect(answer.error).toEqual({
            code: expect.stringMatching(/^[a-z_]+$/),
            message: expect.stringMatching(/./),
            details: answer.error.details,
            ...(answer.error.hint && { hint: answer.error.hint }),
          });
        }
      }),
      { numRuns: 10_000 },
    );
    expect(logged.filter(line => line.startsWith('request failed'))).toEqual([]);
    expect(await audit.verify()).toMatchObject({ intact: true });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('never breaks it: 2,000 queries', async () => {
    const { ask } = await openApi();
    const key = fc.constantFrom('page', 'per_page', 'sort', 'name', 'state', 'server', 'since', 'actor', 'result', 'x');
    const query = fc.array(fc.tuple(key, fc.oneof(fc.string({ unit: 'binary' }), awkward.map(String))), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...reading), query, async (route, pairs) => {
        const text = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value.slice(0, 500)]));
        const { status } = await ask('GET', `/cloudctl/v1/${route.path.replace(':id', '1')}?${text}`);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 2000 },
    );
  });
});
