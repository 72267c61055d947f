import { describe, expect, it } from 'vitest';
import { hasRedis } from '../../../e2e/daemon-two.ts';
import { openRedis, openSite, reader, until, writer } from './shared-set-up.ts';

describe.runIf(hasRedis)('what Hetzner has told one of several daemons of the requests that are left', () => {
  it('is known to the others before they ask for anything', async () => {
    const { pair, clock, prefix } = openSite();
    const [one, other] = await pair();
    for (let count = 0; count < 400; count += 1) await one.upstream.send({ method: 'GET', path: 'x' }, writer);
    const { keys } = openRedis(prefix);
    await until(async () => {
      await clock.advance(1_000);
      return (await keys('budget')).length > 0;
    });
    expect(other.upstream.budget()).toBeUndefined();
    await other.upstream.send({ method: 'GET', path: 'x' }, writer);
    const known = other.upstream.report().left!;
    expect(Math.abs(known - one.upstream.report().left!)).toBeLessThanOrEqual(2);
  });

  it('is not believed of who has not the key', async () => {
    const { pair, prefix, hetzner } = openSite();
    const [one] = await pair();
    hetzner.answer(() => ({ headers: { 'ratelimit-remaining': undefined } }));
    await openRedis(prefix).redis.set(`${prefix}:project:1:budget`, '{"limit":3600,"left":0,"at":0}');
    await one.upstream.send({ method: 'GET', path: 'x' }, reader);
    expect(one.upstream.budget()).toBeUndefined();
  });
});
