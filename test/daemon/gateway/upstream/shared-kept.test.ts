import { describe, expect, it } from 'vitest';
import { hasRedis } from '../../../e2e/daemon-two.ts';
import { openRedis, openSite, reader } from './shared-set-up.ts';

const pages = Array(3).fill('GET servers');

describe.runIf(hasRedis)('what stands in Redis', () => {
  it('can be read by nobody who has not the key of the store', async () => {
    const { pair, prefix, hetzner } = openSite();
    const [one] = await pair();
    hetzner.answer(({ url }) => ({
      body: JSON.stringify({ [url.pathname.split('/').at(-1)!]: [{ id: 1, name: 'a-secret-name' }] }),
    }));
    await one.upstream.reader.all('servers', reader);
    const { redis, keys } = openRedis(prefix);
    const [key] = await keys('picture');
    const text = (await redis.get(key!))!;
    expect(JSON.parse(text)).toMatchObject({ key: expect.stringContaining('servers'), tag: expect.any(String) });
    expect(text).not.toContain('secret-name');
    expect(await redis.pttl(key!)).toBeGreaterThan(0);
  });

  it('has no lists of zones, which hold keys', async () => {
    const { pair, prefix } = openSite({ zones: 2, servers: 1 });
    const [one, other] = await pair();
    for (const { upstream } of [one, other])
      for (const collection of ['zones', 'servers']) await upstream.reader.all(collection, reader);
    expect(other.asked).toEqual(['GET zones']);
    expect(await openRedis(prefix).keys('picture')).toHaveLength(1);
  });

  it('has no lists that are too long to be worth it: each daemon reads them', async () => {
    const { pair, prefix, hetzner } = openSite();
    const [one] = await pair();
    const servers = [{ id: 1, name: 'x'.repeat(9 * 1024 * 1024) }];
    hetzner.answer(() => ({ body: JSON.stringify({ servers }) }));
    await one.upstream.reader.all('servers', reader);
    expect(await openRedis(prefix).keys('picture')).toEqual([]);
  });

  it.each([
    ['is no seal', () => 'nonsense'],
    ['was changed', (sealed: string) => sealed.replace(/"data":"..../, '"data":"AAAA')],
    ['was made for another collection', (_: string, other: string) => other],
  ])('is not believed where it %s', async (_, forge) => {
    const { pair, prefix } = openSite({ servers: 120, volumes: 3 });
    const [one, other] = await pair();
    for (const collection of ['servers', 'volumes']) await one.upstream.reader.all(collection, reader);
    const { redis, keys } = openRedis(prefix);
    const [[servers], [volumes]] = [await keys('picture:servers'), await keys('picture:volumes')];
    await redis.set(servers!, forge((await redis.get(servers!))!, (await redis.get(volumes!))!));
    expect((await other.upstream.reader.all('servers', reader)).items).toHaveLength(120);
    expect(other.asked).toEqual(pages);
  });

  it('is not believed where it was sealed with another key', async () => {
    const site = openSite();
    const [one, other] = [await site.daemon(), await site.daemon({ key: 1 })];
    await Promise.all([one.ready(), other.ready()]);
    await one.upstream.reader.all('servers', reader);
    await other.upstream.reader.all('servers', reader);
    expect(other.asked).toEqual(pages);
  });

  it('may be of another kind than it should be: then each daemon goes by itself', async () => {
    const { pair, prefix } = openSite();
    const [one, other] = await pair();
    const { redis } = openRedis(prefix);
    await redis.rpush(`${prefix}:project:1:epoch:servers`, 'nonsense');
    for (const { upstream } of [one, other]) await upstream.reader.all('servers', reader);
    expect([one.asked, other.asked]).toEqual([pages, pages]);
  });
});
