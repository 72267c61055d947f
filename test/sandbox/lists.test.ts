import { describe, expect, test } from 'vitest';
import { type Json, open } from './open.ts';

const names = (body: Json): string[] => body.servers.map((server: Json) => server.name);

describe('pages', () => {
  test('a list comes in pages of 25 with what is needed to fetch the others', async () => {
    const { get } = await open({ seed: { servers: 60 } });
    const body = await get('/servers');
    expect(body.servers).toHaveLength(25);
    expect(body.meta.pagination).toEqual({
      page: 1,
      per_page: 25,
      previous_page: null,
      next_page: 2,
      last_page: 3,
      total_entries: 60,
    });
  });

  test('the pages together are the list, each server once', async () => {
    const { get } = await open({ seed: { servers: 60 } });
    const pages = await Promise.all([1, 2, 3].map(page => get(`/servers?page=${page}`)));
    const all = pages.flatMap(names);
    expect(all).toHaveLength(60);
    expect(new Set(all).size).toBe(60);
  });

  test('the Link header leads to the other pages and keeps the query', async () => {
    const { call, sandbox } = await open({ seed: { servers: 30 } });
    const { headers } = await call('GET', '/servers?page=2&per_page=10&label_selector=role%3Dweb');
    expect(headers.get('link')).toBe(
      [
        `<${sandbox.url}/servers?page=1&per_page=10&label_selector=role%3Dweb>; rel="prev"`,
        `<${sandbox.url}/servers?page=3&per_page=10&label_selector=role%3Dweb>; rel="next"`,
        `<${sandbox.url}/servers?page=3&per_page=10&label_selector=role%3Dweb>; rel="last"`,
      ].join(', '),
    );
  });

  test('an empty list has one empty page, and a page beyond the last is empty', async () => {
    const { get } = await open();
    expect((await get('/volumes')).meta.pagination).toMatchObject({ last_page: 1, total_entries: 0, next_page: null });
    expect((await get('/locations?page=9')).locations).toEqual([]);
  });

  test.each(['per_page=51', 'per_page=0', 'page=0', 'page=x'])('%s is invalid', async query => {
    const { call } = await open();
    const { status, body } = await call('GET', `/servers?${query}`);
    expect([status, body.error.code, body.error.details.fields[0].name]).toEqual([
      422,
      'invalid_input',
      query.split('=')[0],
    ]);
  });
});

describe('filters', () => {
  test('name is exact, status and label selectors narrow, and all of them hold together', async () => {
    const { get } = await open({ seed: { servers: 20 } });
    expect(names(await get('/servers?name=web-0003'))).toEqual(['web-0003']);
    expect(names(await get('/servers?name=web'))).toEqual([]);
    expect(names(await get('/servers?status=off'))).toEqual(['web-0010', 'web-0020']);
    expect(names(await get('/servers?status=off&status=running'))).toHaveLength(20);
    expect(names(await get('/servers?status=off&label_selector=env%3Dstaging'))).toEqual(['web-0020']);
  });

  test.each([
    ['env=staging', 5],
    ['env==staging', 5],
    ['env!=staging', 15],
    ['env', 20],
    ['!env', 0],
    ['index in (1, 2,3)', 3],
    ['index notin (1,2,3)', 17],
    ['env=staging,index in (4,5)', 1],
    ['nothing!=x', 20],
  ])('the label selector %s finds %i', async (selector, count) => {
    const { get } = await open({ seed: { servers: 20 } });
    const body = await get(`/servers?label_selector=${encodeURIComponent(selector)}`);
    expect(body.meta.pagination.total_entries).toBe(count);
  });

  test.each(['a b', 'in (a)', 'a in', 'a,', ',', 'a in (b', '=x', 'a=b c'])(
    'the label selector "%s" is invalid',
    async selector => {
      const { refusal } = await open();
      expect(await refusal('GET', `/servers?label_selector=${encodeURIComponent(selector)}`)).toBe('invalid_input 422');
    },
  );

  test('a status that does not exist is invalid', async () => {
    const { refusal } = await open();
    expect(await refusal('GET', '/servers?status=asleep')).toBe('invalid_input 422');
  });

  test('images are filtered by type, architecture and whether they are withdrawn', async () => {
    const { get } = await open({ seed: { snapshots: 3 } });
    const total = async (query: string) => (await get(`/images?${query}`)).meta.pagination.total_entries;
    expect(await total('type=snapshot')).toBe(3);
    expect(await total('type=snapshot&type=app')).toBe(5);
    expect(await total('name=debian-13')).toBe(2);
    expect(await total('name=debian-13&architecture=arm')).toBe(1);
    expect(await total('name=debian-11')).toBe(0);
    expect(await total('name=debian-11&include_deprecated=true')).toBe(1);
    expect(await total('bound_to=1')).toBe(0);
  });

  test('ISOs for an architecture leave out those for all, unless these are asked for', async () => {
    const { get } = await open();
    const total = async (query: string) => (await get(`/isos?${query}`)).meta.pagination.total_entries;
    expect(await total('architecture=arm')).toBe(2);
    expect(await total('architecture=arm&include_architecture_wildcard=true')).toBe(3);
    expect(await total('')).toBe(8);
  });
});

describe('sorting', () => {
  test('several sorts count in their order, and contradictory ones after the first do nothing', async () => {
    const { get } = await open({ seed: { servers: 4 } });
    const sorted = async (query: string) => names(await get(`/servers?${query}`)).map(name => Number(name.slice(-1)));
    expect(await sorted('sort=name:desc')).toEqual([4, 3, 2, 1]);
    expect(await sorted('sort=created:desc')).toEqual([4, 3, 2, 1]);
    expect(await sorted('sort=id:asc&sort=id:desc')).toEqual([1, 2, 3, 4]);
    expect(await sorted('sort=id:desc&sort=name')).toEqual([4, 3, 2, 1]);
  });

  test.each(['/servers?sort=status', '/servers?sort=id:up', '/ssh_keys?sort=created', '/volumes?sort=id:asc:x'])(
    '%s is invalid',
    async path => {
      const { refusal } = await open();
      expect(await refusal('GET', path)).toBe('invalid_input 422');
    },
  );
});

test('every list of the API answers with its pagination', async () => {
  const { get } = await open();
  const paths = [
    'servers',
    'volumes',
    'ssh_keys',
    'images',
    'networks',
    'firewalls',
    'placement_groups',
    'primary_ips',
    'floating_ips',
    'locations',
    'server_types',
    'isos',
    'load_balancers',
    'load_balancer_types',
    'certificates',
    'zones',
  ];
  for (const path of paths) {
    const body = await get(`/${path}`);
    expect(Array.isArray(body[path])).toBe(true);
    expect(body.meta.pagination.total_entries).toBe(body[path].length);
  }
});

test('10,000 servers are listed to the last page', async () => {
  const { get } = await open({ seed: { servers: 10_000 } });
  const body = await get('/servers?per_page=50&page=200');
  expect(body.servers).toHaveLength(50);
  expect(names(body).at(-1)).toBe('web-10000');
});
