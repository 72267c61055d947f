import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateCost, lineBody } from '../../../src/core/cost/estimate.ts';
import { groupKey, groupLines, sumLines } from '../../../src/core/cost/group.ts';
import { exactSum } from '../../../src/core/cost/money.ts';
import { charge, monthOf } from '../../../src/core/cost/rates.ts';
import { inventory, now, pricing, primaryIp, server, snapshot, volume } from './inventory.ts';

const estimate = (parts: Parameters<typeof inventory>[0], basis: 'now' | 'next' = 'next') =>
  estimateCost(inventory(parts), pricing, basis, now);
const costs = (lines: readonly { kind: string; cost?: Parameters<typeof exactSum>[0] }[]) =>
  lines.map(({ kind, cost }) => [kind, cost && exactSum(cost).gross]);

describe('an estimate of the next month', () => {
  it('has a line for each thing that is billed, the dearest first', () => {
    const { lines, total } = estimate({
      servers: [server(1, { backup_window: '22-02' })],
      volumes: [volume(2)],
      primaryIps: [primaryIp(3)],
      floatingIps: [{ id: 4, name: 'float', type: 'ipv4', server: 1, home_location: { name: 'fsn1' }, created: '' }],
      snapshots: [snapshot(5)],
      loadBalancers: [
        {
          id: 6,
          name: 'lb',
          load_balancer_type: { name: 'lb11' },
          location: { name: 'fsn1' },
          created: '',
          targets: [1],
        },
      ],
    });
    expect(costs(lines)).toEqual([
      ['load-balancer', '5.95'],
      ['volume', '5.236'],
      ['server', '4.76'],
      ['floating-ip', '3.57'],
      ['backup', '0.952'],
      ['primary-ip', '0.595'],
      ['snapshot', '0.032725'],
    ]);
    expect(exactSum(total)).toEqual({ net: '17.7275', gross: '21.095725' });
  });

  it('leaves out what is free, and counts nothing for what has no known price', () => {
    const unknown = server(2, { server_type: { name: 'cx11' } });
    const { lines, total } = estimate({
      servers: [unknown],
      primaryIps: [primaryIp(3, { type: 'ipv6' })],
      snapshots: [snapshot(4, { image_size: null })],
    });
    expect(costs(lines)).toEqual([
      ['server', undefined],
      ['snapshot', undefined],
    ]);
    expect(exactSum(total).gross).toBe('0.00');
    expect(lineBody(lines[0]!)).toMatchObject({ net: null, gross: null, location: 'fsn1' });
  });

  it('prices an old type by the prices that the server itself tells', () => {
    const prices = [{ ...pricing.server_types[0]!.prices[0]!, price_monthly: { net: '9', gross: '10.71' } }];
    const { lines } = estimate({ servers: [server(1, { server_type: { name: 'cx11', prices } })] });
    expect(costs(lines)).toEqual([['server', '10.71']]);
  });

  it('tells of traffic over the quota without adding it', () => {
    const { traffic, total } = estimate({ servers: [server(1, { outgoing_traffic: 21.5 * 1024 ** 4 })] });
    expect(costs(traffic)).toEqual([['traffic', '1.785']]);
    expect(exactSum(total).gross).toBe('4.76');
  });
});

describe('an estimate of this month', () => {
  it('reckons what was made this month by the hour to its end, a month at most', () => {
    const { lines } = estimate({ servers: [server(1), server(2, { created: '2026-11-30T12:30:00Z' })] }, 'now');
    // 11.5 hours are twelve begun ones.
    expect(costs(lines)).toEqual([
      ['server', '4.76'],
      ['server', '0.096'],
    ]);
  });

  it('takes the share of the month for what has no price by the hour', () => {
    const { lines } = estimate({ volumes: [volume(1, { created: '2026-11-16T00:00:00Z' })] }, 'now');
    expect(costs(lines)).toEqual([['volume', '2.618']]);
  });

  it('adds the traffic over the quota', () => {
    const { total } = estimate({ servers: [server(1, { outgoing_traffic: 22 * 1024 ** 4 })] }, 'now');
    expect(exactSum(total).gross).toBe('7.14');
  });

  it('never costs more than a whole month', () => {
    const rate = { monthly: { net: 100n, gross: 100n }, hourly: { net: 1n, gross: 1n } };
    const month = monthOf(now);
    fc.assert(
      fc.property(fc.integer({ min: month.start - 1e9, max: month.end }), created => {
        for (const one of [rate, { monthly: rate.monthly }]) {
          const { gross } = charge(one, created, month);
          expect(gross >= 0n && gross <= 100n).toBe(true);
        }
      }),
    );
  });
});

describe('what idles', () => {
  const reasons = (parts: Parameters<typeof inventory>[0]) =>
    estimate(parts).idle.map(({ name, reason }) => [name, reason]);

  it('is a server that is off, with its backups', () => {
    const { idle } = estimate({ servers: [server(1), server(2, { status: 'off', backup_window: '22-02' })] });
    expect(idle.map(({ id }) => id)).toEqual([2]);
    expect(costs(idle)).toEqual([['server', '5.712']]);
    expect(lineBody(idle[0]!)).toMatchObject({ reason: 'off, and costs as if it were on' });
  });

  it('is a volume or an address that nothing uses, unless it is free', () => {
    expect(
      reasons({
        volumes: [volume(1), volume(2, { server: 9 })],
        primaryIps: [primaryIp(3, { assignee_id: null }), primaryIp(4, { assignee_id: null, type: 'ipv6' })],
        floatingIps: [{ id: 5, name: 'float', type: 'ipv4', server: null, home_location: { name: 'fsn1' } }],
        loadBalancers: [
          { id: 6, name: 'lb', load_balancer_type: { name: 'lb11' }, location: { name: 'fsn1' }, targets: [] },
        ],
      }),
    ).toEqual([
      ['lb', 'no targets'],
      ['data-1', 'not attached'],
      ['float', 'not assigned'],
      ['ip-3', 'not assigned'],
    ]);
  });

  it('is a snapshot of a server that is gone, or an old one', () => {
    const old = new Date(now - 91 * 86_400_000).toISOString();
    expect(
      reasons({
        servers: [server(1)],
        snapshots: [
          snapshot(2),
          snapshot(3, { created: old, image_size: 9 }),
          snapshot(4, { created_from: { id: 8, name: 'gone' } }),
        ],
      }),
    ).toEqual([
      ['snap-3', '91 days old'],
      ['snap-4', 'its server gone is gone'],
    ]);
  });
});

describe('groups of lines', () => {
  const { lines } = estimate({
    servers: [server(1, { backup_window: '22-02' }), server(2, { labels: {} })],
    volumes: [volume(3, { server: 1 }), volume(4)],
  });
  const groups = (by: string) => groupLines(lines, groupKey(by)).map(({ group, count }) => [group, count]);

  it('are by kind and type, sizes together', () => {
    expect(groups('type')).toEqual([
      ['volume', 2],
      ['server cx23', 2],
      ['backup cx23', 1],
    ]);
  });

  it('are by location', () => expect(groups('location')).toEqual([['fsn1', 4 + 1]]));

  it('are by label, an attached volume under that of its server', () => {
    expect(groups('label=team')).toEqual([
      ['a', 3],
      ['-', 2],
    ]);
  });

  it('add up to the total, however they are made', () => {
    for (const by of ['type', 'location', 'label=team']) {
      const sums = groupLines(lines, groupKey(by));
      expect(sumLines(sums.map(({ cost }) => ({ ...lines[0]!, cost })))).toEqual(sumLines(lines));
    }
  });
});
