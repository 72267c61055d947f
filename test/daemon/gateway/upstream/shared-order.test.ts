import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../../../src/core/resource.ts';
import { hasRedis } from '../../../e2e/daemon-two.ts';
import { openSite, reader, writer } from './shared-set-up.ts';

/** Something that is done at one of two daemons, and whether what comes next waits for its end. */
const step = fc.record({
  daemon: fc.constantFrom(0, 1),
  what: fc.constantFrom('list', 'list', 'list', 'change', 'list fresh', 'time'),
  waits: fc.boolean(),
  /** How long answers take. */
  turns: fc.nat(200),
});

describe.runIf(hasRedis)('whatever is asked of two daemons with one Redis', () => {
  it('no list is from before a change that had been answered when it was asked for', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async steps => {
        const { clock, hetzner, pair, finish, delay } = openSite();
        const both = await pair();
        const begun: Promise<unknown>[] = [];
        let [made, answered] = [0, 0];
        hetzner.answer(({ method }) => {
          if (method === 'PUT') made += 1;
          return { body: JSON.stringify(method === 'PUT' ? {} : { servers: [{ id: 1, name: String(made) }] }) };
        });
        for (const { daemon, what, waits, turns } of steps) {
          delay(async () => {
            for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
          });
          const { upstream } = both[daemon]!;
          const known = answered;
          if (what === 'time') await clock.advance(1_000);
          else if (what === 'change') {
            const sent = upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
            begun.push(sent.then(() => (answered += 1)));
          } else {
            const read = upstream.reader.all('servers', reader, { fresh: what === 'list fresh' });
            const seen = read.then(({ items }) => Number((items[0] as Item & { name: string }).name));
            begun.push(seen.then(name => expect(name).toBeGreaterThanOrEqual(known)));
          }
          if (waits) await finish(Promise.all(begun));
        }
        await finish(Promise.all(begun));
      }),
      { numRuns: 60 },
    );
  });
});
