import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fields, keyOf } from '../../../src/core/field.ts';
import { routesOf, served } from '../../../src/daemon/api/routes.ts';
import { stores } from '../../helpers/stores.ts';
import { openApi } from '../api/served.ts';

const people = ['user', 'token', 'session', 'role', 'permit'];
const routes = routesOf(served).filter(({ resource, method }) => people.includes(resource.name) && method !== 'GET');

/** Values that are nearly right, and such that are not. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    'ada@example.com',
    'admin',
    'night',
    'servers:read',
    ['servers:*=own'],
    ['*:read'],
    'servers/1',
    86_400_000,
  ),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('ü', '😀', 'a'), minLength: 200, maxLength: 300 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }).map(text => `${text}@${text}`),
  fc.constant('x'.repeat(60_000)),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string({ unit: 'grapheme' })),
  fc.constant(null),
);

/** A good body of which some keys have other values. */
const asked = fc.constantFrom(...routes).chain(route => {
  const keys = Object.entries(route.verb.fields as Fields).map(([name, declared]) => keyOf(name, declared));
  const changed = fc.record(Object.fromEntries(keys.map(key => [key, value])), { requiredKeys: [] });
  const one =
    keys.length === 0
      ? fc.constant({})
      : fc.tuple(fc.constantFrom(...keys), value).map(([key, given]) => ({ [key]: given }));
  const fresh = fc.nat().map(number => ({
    ...route.verb.sample,
    ...(keys.includes('email') && { email: `user${number}@example.com` }),
    ...(route.resource.name === 'role' && route.name === 'create' && { name: `role-${number}` }),
  }));
  const body = fc.tuple(fresh, fc.oneof(one, changed, fc.constant({}))).map(([good, wrong]) => ({ ...good, ...wrong }));
  return fc.record({ route: fc.constant(route), body, id: fc.constantFrom(1, 2, 101, 102, 999) });
});

describe.each(stores)('what is asked about people, on $name', ({ open }) => {
  it('is done, or refused by the fault of whoever asks, whatever the body', { timeout: 120_000 }, async () => {
    const store = await open();
    onTestFinished(() => store.close());
    const { ask } = await openApi({ store });
    const project = { name: 'main', endpoint: 'https://example.com', token: null, token_expires: null };
    await store.commit([{ query: store.db.insertInto('projects').values({ ...project, created: 0, updated: 0 }) }]);
    await ask('POST', '/cloudctl/v1/users/invite', { email: 'ada@example.com' });
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(asked, async ({ route, body, id }) => {
        const { status, body: answer } = await ask(
          route.method,
          `/cloudctl/v1/${route.path.replace(':id', String(id))}`,
          body,
        );
        expect(status, `${route.resource.name} ${route.name}: ${JSON.stringify(answer)}`).toBeLessThan(500);
        if (status < 300) done.set(route.path, (done.get(route.path) ?? 0) + 1);
      }),
      { numRuns: 600 },
    );
    // A test in which nothing passes would prove nothing.
    expect(done.size).toBeGreaterThan(3);
  });

  it('is no fault of the daemon at sign-in either', { timeout: 120_000 }, async () => {
    const store = await open();
    onTestFinished(() => store.close());
    const { app } = await openApi({ store });
    const path = fc.constantFrom('sessions', 'invitations/accept');
    const body = fc.oneof(
      fc.record({ email: value, password: value, token: value, name: value }, { requiredKeys: [] }),
      fc.anything(),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(path, body, async (path, body) => {
        count += 1;
        const request = new Request(`http://localhost/cloudctl/v1/${path}`, {
          method: 'POST',
          body: JSON.stringify(body) ?? '',
        });
        const answer = await app.fetch(request, {
          via: 'tcp',
          address: `2001:db8:0:${count.toString(16)}::1`,
        } as never);
        expect([400, 401, 422, 429]).toContain(answer.status);
      }),
      { numRuns: 300 },
    );
  });
});
