import { describe, expect, it, onTestFinished } from 'vitest';
import { openGate } from '../../../e2e/daemon-outage.ts';
import { hasRedis, redisServer } from '../../../e2e/daemon-two.ts';
import { turnOver } from './fake-project.ts';
import { openSite, reader, until, writer } from './shared-set-up.ts';

const pages = Array(3).fill('GET servers');

async function gated() {
  const gate = await openGate(redisServer);
  onTestFinished(() => gate.close());
  return gate;
}

/** Two daemons, and the way by which the first one reaches Redis. */
async function openPair(patience?: number) {
  const [site, gate] = [openSite(), await gated()];
  const [one, other] = [await site.daemon({ url: gate.url, patience }), await site.daemon()];
  await Promise.all([one.ready(), other.ready()]);
  return { ...site, gate, one, other };
}

const change = { method: 'PUT', path: 'servers/1', body: '{}' } as const;

describe.runIf(hasRedis)('daemons whose Redis is gone', () => {
  it('go on by themselves: each reads, changes, and sees what it has changed', async () => {
    const [site, gate] = [openSite(), await gated()];
    const [one, other] = await site.pair({ url: gate.url });
    await one.upstream.reader.all('servers', reader);
    await gate.cut();
    await one.upstream.send(change, writer);
    for (const { upstream } of [one, other]) await upstream.reader.all('servers', reader);
    expect([one.asked, other.asked]).toEqual([[...pages, 'PUT servers/1', ...pages], pages]);
    for (const { upstream } of [one, other]) await upstream.reader.all('servers', reader);
    expect(site.hetzner.seen).toHaveLength(10);
  });

  it('have nobody wait for it again and again while it does not answer', async () => {
    const { gate, one, clock } = await openPair(250);
    gate.hang();
    const begun = performance.now();
    for (let count = 0; count < 100; count += 1) {
      await one.upstream.reader.all('servers', reader);
      await one.upstream.send(change, writer);
    }
    // Once for the first of them: not two hundred times.
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(one.asked.filter(line => line.startsWith('PUT'))).toHaveLength(100);
    await gate.open();
    await until(async () => {
      await clock.advance(3_000);
      await one.shared.settle();
      return (await one.shared.of({ id: 1, name: 'default', endpoint: '' }).epoch('servers')) !== undefined;
    });
  });

  it('never had one: a daemon starts without', async () => {
    const [site, gate] = [openSite(), await gated()];
    await gate.cut();
    const { upstream, asked } = await site.daemon({ url: gate.url });
    await upstream.reader.all('servers', reader);
    await upstream.send(change, writer);
    await upstream.reader.all('servers', reader);
    expect(asked).toEqual([...pages, 'PUT servers/1', ...pages]);
  });
});

describe.runIf(hasRedis)('a change', () => {
  it('is answered when the others can see it, and not before', async () => {
    const { gate, one, hetzner } = await openPair();
    let isAnswered = false;
    const { release } = hetzner.hold();
    const answer = one.upstream.send(change, writer).finally(() => {
      isAnswered = true;
    });
    await until(() => one.asked.length > 0);
    gate.hang();
    release();
    await turnOver();
    expect(isAnswered).toBe(false);
    await gate.open();
    await answer;
  });
});

describe.runIf(hasRedis)('a change that was made while Redis was gone', () => {
  it('is told to the others when it is back, before anything of theirs is taken', async () => {
    const { gate, one, other, clock } = await openPair();
    await other.upstream.reader.all('servers', reader);
    await gate.cut();
    await one.upstream.send(change, writer);
    // It cannot know, and gives what it has.
    await other.upstream.reader.all('servers', reader);
    expect(other.asked).toEqual(pages);
    await gate.open();
    await clock.advance(3_000);
    await one.ready();
    await one.upstream.reader.all('servers', reader);
    expect(one.asked).toEqual(['PUT servers/1', ...pages]);
    const picture = await other.upstream.reader.all('servers', reader);
    expect(picture.at).toBe(clock.now());
    expect(other.asked).toEqual(pages);
  });

  it('is told to the others within seconds though nobody asks the daemon that has made it', async () => {
    const { gate, one, other, clock } = await openPair();
    await other.upstream.reader.all('servers', reader);
    await gate.cut();
    await one.upstream.send(change, writer);
    await gate.open();
    // Less than the life of the list.
    await clock.advance(3_000);
    await until(async () => {
      await one.shared.settle();
      await other.upstream.reader.all('servers', reader);
      return other.asked.length > 3;
    });
    expect(other.asked).toEqual([...pages, ...pages]);
  });
});
