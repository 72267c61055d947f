import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrange } from '../../../src/core/access/list-query.ts';
import { listRulesOf } from '../../../src/core/access/list-rules.ts';
import { operations } from '../../../src/core/access/operations.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Item } from '../../../src/core/resource.ts';
import { type Opened, open, publicKey } from '../../sandbox/open.ts';
import { readPublished } from './document.ts';

const published = readPublished();
const operationOf = (path: string) => operations.find(one => one.method === 'GET' && one.path === path)!;

describe.skipIf(!published)('beside what Hetzner publishes', () => {
  // These lists are of what is within one zone, which is passed on whole.
  const passed = ['zones/{id_or_name}/rrsets'];
  const lists = (published ?? []).filter(
    ({ method, path, query }) =>
      method === 'GET' && !passed.includes(path) && (path === 'actions' || query.some(({ name }) => name === 'page')),
  );

  test('the lists with pages are those that the gateway answers', () => {
    const answered = operations.filter(operation => listRulesOf(operation)).map(({ path }) => path);
    // These have no pages in the document, and are read by them all the same.
    const more = answered.filter(path => !lists.some(list => list.path === path));
    expect(more).toEqual([]);
    expect(lists.filter(({ path }) => !answered.includes(path)).map(({ path }) => path)).toEqual([]);
    expect(lists.length).toBeGreaterThan(40);
  });

  test.each(lists.map(list => [list.path, list] as const))(
    '%s takes the parameters that it has there',
    (path, list) => {
      const { sorts, filters, labelled } = listRulesOf(operationOf(path))!;
      const own = [
        ...Object.keys(filters),
        ...(labelled ? ['label_selector'] : []),
        ...(sorts.length > 0 ? ['sort'] : []),
      ];
      const given = list.query.map(({ name }) => name).filter(name => name !== 'page' && name !== 'per_page');
      // hcloud asks for the page of the actions that it waits for, and whoever waits may sort them too.
      const lenient = path === 'actions' ? ['status', 'sort'] : path.endsWith('}/actions') ? ['id'] : [];
      expect(own.filter(name => !lenient.includes(name)).sort()).toEqual(given.sort());
      for (const { name, enum: values } of list.query.filter(({ enum: values }) => values)) {
        if (name !== 'sort') expect(filters[name]!.oneOf).toEqual(values);
        else expect(sorts.flatMap(field => [field, `${field}:asc`, `${field}:desc`])).toEqual(values);
      }
    },
  );
});

/** A sandbox with some of everything, some of it of another status, with labels and without. */
async function fill(): Promise<Opened> {
  const seed = { servers: 34, volumes: 7, snapshots: 5, ssh_keys: 3 };
  // Queries that the document does not know are asked on purpose.
  const opened = await open({ seed, rateLimit: 1_000_000 }, { checkRequests: false });
  const { post, clock, get } = opened;
  for (let number = 1; number <= 12; number += 1) {
    const labels = { env: number % 3 === 0 ? 'prod' : 'test', number: String(number) };
    await post('/networks', { name: `net-${13 - number}`, ip_range: `10.${number}.0.0/16`, labels });
    await post('/firewalls', { name: `fw-${number}`, labels: number % 2 === 0 ? labels : {} });
    await post('/placement_groups', { name: `pg-${number % 7}-${number}`, type: 'spread' });
    await post('/primary_ips', {
      name: `ip-${number}`,
      type: 'ipv4',
      assignee_type: 'server',
      location: 'fsn1',
      labels,
    });
    await post('/floating_ips', { type: number % 2 === 0 ? 'ipv4' : 'ipv6', home_location: 'fsn1', labels });
    await post('/ssh_keys', { name: `key-${20 - number}`, public_key: publicKey(number), labels });
    clock.advance(61_000);
  }
  const { servers } = await get('/servers?per_page=50');
  for (const [index, { id }] of servers.entries()) {
    if (index % 3 === 0) await post(`/servers/${id}/actions/${index % 2 === 0 ? 'poweroff' : 'reboot'}`);
    clock.advance(7000);
  }
  // These go on: they have no end yet.
  for (const { id } of servers.slice(4, 6)) await post(`/servers/${id}/actions/shutdown`);
  return opened;
}

// The sandbox has no load balancers, certificates, zones and storage boxes.
const collections = 'servers volumes ssh_keys images networks firewalls placement_groups primary_ips'
  .split(' ')
  .concat('floating_ips', 'locations', 'server_types', 'isos', 'servers/actions');

/** A parameter of a list, mostly right and sometimes not. */
function parameterOf(path: string, items: readonly Item[]): fc.Arbitrary<[string, string]> {
  const { sorts, filters, labelled } = listRulesOf(operationOf(path))!;
  const pair = (name: string, values: readonly string[]) =>
    fc.constantFrom(...values).map(text => [name, text] as [string, string]);
  const found = (name: string) =>
    [...new Set(items.map(item => item[name]))].filter(value => value !== undefined).map(String);
  return fc.oneof(
    pair('page', ['1', '2', '3', '9', '0', 'x', '-1', '']),
    pair('per_page', ['1', '3', '25', '50', '51', '0', 'all']),
    pair('colour', ['red']),
    ...(sorts.length === 0
      ? []
      : [pair('sort', [...sorts.flatMap(field => [field, `${field}:desc`, `${field}:asc`]), 'id:up', 'weight'])]),
    ...(labelled
      ? [pair('label_selector', ['env=prod', 'env', '!env', 'env in (test,production),number!=4', 'a b', '', ','])]
      : []),
    ...Object.entries(filters)
      .filter(([name]) => !name.startsWith('include_'))
      .map(([name, { oneOf }]) => pair(name, [...(oneOf ?? []), ...found(name).slice(0, 20), 'nonsense', ''])),
    ...Object.keys(filters)
      .filter(name => name.startsWith('include_'))
      .map(name => pair(name, ['true', 'false'])),
  );
}

test('of the same items the same query takes the same, on the same pages, as the sandbox; and refuses the same', async () => {
  const { call } = await fill();
  for (const path of collections) {
    const key = path.split('/').at(-1)!;
    const items: Item[] = [];
    for (let page = 1; ; page += 1) {
      const { body } = await call('GET', `/${path}?per_page=50&page=${page}&include_deprecated=true`);
      items.push(...body[key]);
      if (body.meta.pagination.next_page === null) break;
    }
    const query = fc.array(parameterOf(path, items), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(query, async parameters => {
        const search = new URLSearchParams(parameters);
        const { status, body } = await call('GET', `/${path}?${search}`);
        let ours: unknown;
        try {
          const { items: page, pagination } = arrange(items, search, operationOf(path));
          ours = { ids: page.map(({ id }) => id), pagination };
        } catch (error) {
          const { message, apiCode, details } = error as Failure;
          ours = { status: 422, error: { code: apiCode, message, details } };
        }
        expect(ours).toEqual(
          status === 200
            ? { ids: body[key].map(({ id }: Item) => id), pagination: body.meta.pagination }
            : { status, error: body.error },
        );
      }),
      { numRuns: 100 },
    );
  }
}, 120_000);

describe('a list', () => {
  const items = [1, 2, 3].map(id => ({
    id,
    name: `web-${4 - id}`,
    created: '2026-11-23T08:00:00Z',
    status: 'running',
  }));
  const ids = (query: string) =>
    arrange(items, new URLSearchParams(query), operationOf('servers')).items.map(({ id }) => id);

  test('is the list itself where nothing is asked for, and is left as it is where something is', () => {
    expect(ids('')).toEqual([1, 2, 3]);
    expect(ids('sort=name')).toEqual([3, 2, 1]);
    expect(items.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('that the gateway does not answer itself is a mistake of ours', () => {
    const other = operationOf('servers/{id}/metrics');
    expect(() => arrange([], new URLSearchParams(), other)).toThrow(Failure);
    expect(listRulesOf({ method: 'POST', path: 'servers', permission: 'servers:create' })).toBeUndefined();
  });

  test('of actions to wait for has to name them', () => {
    const actions = [{ id: 7 }, { id: 8 }];
    const get = (query: string) => arrange(actions, new URLSearchParams(query), operationOf('actions'));
    expect(get('id=8&id=9&page=1').items).toEqual([{ id: 8 }]);
    expect(() => get('page=1')).toThrow("invalid input in field 'id': is required");
    expect(() => get('id=x')).toThrow("invalid input in field 'id': has an invalid format");
  });

  test('of actions by their end has those last that go on', () => {
    const ends = [null, '2026-11-23T08:00:02Z', '2026-11-23T08:00:01Z'];
    const actions = ends.map((finished, index) => ({ id: index + 1, finished }));
    const sorted = (query: string) =>
      arrange(actions, new URLSearchParams(query), operationOf('servers/actions')).items;
    expect(sorted('sort=finished').map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(sorted('sort=finished:desc').map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('of storage boxes is sorted by what is within their statistics', () => {
    const boxes = [3, 1, 2].map((size, index) => ({ id: index + 1, stats: { size } }));
    const sorted = arrange(boxes, new URLSearchParams('sort=stats.size:desc'), operationOf('storage_boxes')).items;
    expect(sorted.map(({ stats }) => stats.size)).toEqual([3, 2, 1]);
  });
});
