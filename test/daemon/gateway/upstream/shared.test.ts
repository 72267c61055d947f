import { describe, expect, it } from 'vitest';
import { forget, hasRedis } from '../../../e2e/daemon-two.ts';
import { fakeClock } from '../../../helpers/clock.ts';
import { openRedis, openSite, project, reader, until, writer } from './shared-set-up.ts';

const pages = Array(3).fill('GET servers');

/** Two daemons, of which one is reading a list and the other waits for it. */
async function openWaiting() {
  const { pair, clock, hetzner, finish } = openSite();
  const [one, other] = await pair();
  const { release } = hetzner.hold();
  const first = one.upstream.reader.all('servers', reader);
  await until(() => one.asked.length > 0);
  const second = other.upstream.reader.all('servers', reader);
  await until(() => clock.slept.includes(100));
  return { other, release, first, second, clock, finish };
}

describe.runIf(hasRedis)('a list that one of several daemons has read', () => {
  it('costs the others nothing, and is the same', async () => {
    const [one, other] = await openSite().pair();
    const first = await one.upstream.reader.all('servers', reader);
    const second = await other.upstream.reader.all('servers', reader);
    expect(second).toEqual(first);
    expect(second.byId.get(77)).toEqual({ id: 77 });
    expect([one.asked, other.asked]).toEqual([pages, []]);
    await other.upstream.reader.all('servers', reader);
    expect(one.upstream.report()).toMatchObject({ hits: 0, borrowed: 0, misses: 1 });
    expect(other.upstream.report()).toMatchObject({ hits: 1, borrowed: 1, misses: 0 });
  });

  it('is as old for them as it is: they read anew when its life is over, once for all', async () => {
    const { pair, clock } = openSite();
    const [one, other] = await pair();
    const first = await one.upstream.reader.all('servers', reader);
    await clock.advance(8_571);
    expect((await other.upstream.reader.all('servers', reader)).at).toBe(first.at);
    await clock.advance(1);
    await other.upstream.reader.all('servers', reader);
    expect((await one.upstream.reader.all('servers', reader)).at).toBe(clock.now());
    expect([one.asked, other.asked]).toEqual([pages, pages]);
  });

  it('is not kept for longer where the clock is behind that of the daemon which has read it', async () => {
    const site = openSite();
    const clock = fakeClock(site.clock.now() - 60_000, { auto: false });
    const [one, other] = [await site.daemon(), await site.daemon({ clock })];
    await Promise.all([one.ready(), other.ready()]);
    await one.upstream.reader.all('servers', reader);
    expect((await other.upstream.reader.all('servers', reader)).at).toBe(clock.now());
    expect(other.asked).toEqual([]);
  });

  it('is waited for while it is read, so that two who ask at the same time cost no more than one', async () => {
    const { other, release, first, second, clock } = await openWaiting();
    release();
    const picture = await first;
    await clock.advance(100);
    expect((await second).version).toBe(picture.version);
    expect(other.asked).toEqual([]);
  });

  it('is waited for three seconds at most, whoever is said to read it', async () => {
    const { pair, clock, hetzner, prefix, finish } = openSite();
    const [one] = await pair();
    const epoch = await one.shared.of(project).epoch('servers');
    await openRedis(prefix).redis.set(`${prefix}:project:1:reading:read:servers:${epoch}`, 'for ever');
    const begun = clock.now();
    expect((await finish(one.upstream.reader.all('servers', reader))).items).toHaveLength(120);
    expect(hetzner.seen[0]!.at - begun).toBe(3_000);
  });

  it('is read by another one when the first could not', async () => {
    const { pair, clock, hetzner } = openSite();
    const [one, other] = await pair();
    hetzner.answer(() => ({ status: 403, body: '{"error":{"code":"forbidden","message":"no"}}' }));
    const { release } = hetzner.hold();
    const first = expect(one.upstream.reader.all('servers', reader)).rejects.toMatchObject({ code: 'forbidden' });
    await until(() => one.asked.length > 0);
    const second = other.upstream.reader.all('servers', reader);
    await until(() => clock.slept.includes(100));
    release();
    await first;
    hetzner.answer(undefined);
    await clock.advance(100);
    expect((await second).items).toHaveLength(120);
  });

  it('is not given to who wants it fresh, whose own is there for all', async () => {
    const [one, other] = await openSite().pair();
    await one.upstream.reader.all('servers', reader);
    await other.upstream.reader.all('servers', reader, { fresh: true });
    expect(other.asked).toEqual(pages);
    await one.upstream.reader.all('servers', reader, { fresh: true });
    expect(one.asked).toHaveLength(6);
  });

  it('is read at once for who wants it fresh, whoever else waits for another daemon', async () => {
    const { other, release, first, second, finish } = await openWaiting();
    const fresh = other.upstream.reader.all('servers', reader, { fresh: true });
    await until(() => other.asked.length > 0);
    release();
    await finish(Promise.all([first, second, fresh]));
    expect(other.asked).toEqual(pages);
  });

  it('is not for those of another store, nor for another project', async () => {
    const site = openSite();
    const [one] = await site.pair();
    await one.upstream.reader.all('servers', reader);
    const [stranger] = await openSite().pair();
    await stranger.upstream.reader.all('servers', reader);
    expect(stranger.asked).toEqual(pages);
    const shared = one.shared.of({ ...project, id: 2 });
    const epoch = (await one.shared.of(project).epoch('servers'))!;
    expect(await shared.find('servers', epoch, 'read')).toEqual({ found: undefined, isClaimed: true });
  });
});

describe.runIf(hasRedis)('a change that one of several daemons has made', () => {
  it('is in the next list of the others, though they have one from before', async () => {
    const [one, other] = await openSite().pair();
    await other.upstream.reader.all('servers', reader);
    await one.upstream.reader.all('servers', reader);
    await one.upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
    await other.upstream.reader.all('servers', reader);
    expect([one.asked, other.asked]).toEqual([['PUT servers/1'], [...pages, ...pages]]);
    // And the one that has made it takes what the other one has read since.
    await one.upstream.reader.all('servers', reader);
    expect(one.asked).toEqual(['PUT servers/1']);
  });

  it('is in the next answer of the others too', async () => {
    const [one, other] = await openSite().pair();
    await other.upstream.reader.get('servers/1', reader);
    await other.upstream.reader.get('servers/1', reader);
    await one.upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
    await other.upstream.reader.get('servers/1', reader);
    expect(other.asked).toEqual(['GET servers/1', 'GET servers/1']);
  });

  it('is not hidden by a list whose reading began before it and ended after it', async () => {
    const { pair, delay, hetzner } = openSite();
    const [one, other] = await pair();
    let arrive = () => {};
    const late = new Promise<void>(resolve => {
      arrive = resolve;
    });
    delay(() => late);
    const before = other.upstream.reader.all('servers', reader);
    await until(() => hetzner.seen.length > 0);
    delay(async () => {});
    await one.upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
    arrive();
    await before;
    const count = other.asked.length;
    await one.upstream.reader.all('servers', reader);
    expect(one.asked).toEqual(['PUT servers/1', ...pages]);
    await other.upstream.reader.all('servers', reader);
    expect(other.asked).toHaveLength(count);
  });

  it('is in their lists when they are told that its action has ended', async () => {
    const { pair, clock, hetzner } = openSite();
    const [one, other] = await pair();
    let status = 'running';
    const action = () => ({ id: 7, command: 'poweroff_server', status, resources: [{ id: 1, type: 'server' }] });
    hetzner.answer(({ url }) =>
      url.pathname.endsWith('/actions') ? { body: JSON.stringify({ actions: [action()] }) } : undefined,
    );
    await one.upstream.actions.get([7], reader);
    await other.upstream.reader.all('servers', reader);
    status = 'success';
    await clock.advance(1_001);
    expect(await one.upstream.actions.get([7], reader)).toMatchObject([{ status: 'success' }]);
    await other.upstream.reader.all('servers', reader);
    expect(other.asked).toEqual([...pages, ...pages]);
  });

  it('is seen though Redis was emptied meanwhile', async () => {
    const { pair, prefix } = openSite();
    const [one, other] = await pair();
    await other.upstream.reader.all('servers', reader);
    await one.upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
    await forget(prefix);
    await other.upstream.reader.all('servers', reader);
    expect(other.asked).toEqual([...pages, ...pages]);
  });
});
