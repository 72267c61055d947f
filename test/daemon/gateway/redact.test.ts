import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectionOf } from '../../../src/daemon/gateway/collections.ts';
import { clean, redactBody, redactItem } from '../../../src/daemon/gateway/redact.ts';
import { clientView } from './views.ts';

const view = clientView({ servers: [1, 2], volumes: [10], networks: [20], floating_ips: [50] });

describe('what a client is shown', () => {
  it('names no resource that is hidden from it, wherever it stands', () => {
    const server = {
      id: 1,
      volumes: [10, 11],
      private_net: [{ network: 20 }, { network: 21 }],
      placement_group: { id: 30, servers: [1, 3] },
      public_net: { firewalls: [{ id: 40, status: 'applied' }], floating_ips: [50, 51] },
    };
    expect(redactItem(view, 'servers', server)).toEqual({
      id: 1,
      volumes: [10],
      private_net: [{ network: 20 }],
      placement_group: null,
      public_net: { firewalls: [], floating_ips: [50] },
    });
  });

  it('has null where a single hidden resource was named', () => {
    expect(redactItem(view, 'volumes', { id: 10, server: 3 })).toEqual({ id: 10, server: null });
    expect(redactItem(view, 'volumes', { id: 10, server: 2 })).toEqual({ id: 10, server: 2 });
    expect(redactItem(view, 'volumes', { id: 10, server: null })).toEqual({ id: 10, server: null });
  });

  it('has of a firewall those servers only that it knows, also those that a selector reaches', () => {
    const firewall = {
      id: 40,
      applied_to: [
        { type: 'server', server: { id: 1 } },
        { type: 'server', server: { id: 3 } },
        {
          type: 'label_selector',
          label_selector: { selector: 'env=prod,cloudctl/owner=user-1' },
          applied_to_resources: [
            { type: 'server', server: { id: 2 } },
            { type: 'server', server: { id: 3 } },
          ],
        },
      ],
    };
    expect(redactItem(view, 'firewalls', firewall).applied_to).toEqual([
      { type: 'server', server: { id: 1 } },
      {
        type: 'label_selector',
        label_selector: { selector: 'env=prod' },
        applied_to_resources: [{ type: 'server', server: { id: 2 } }],
      },
    ]);
  });

  it('has no resource in an action but those that it knows', () => {
    const action = {
      id: 5,
      command: 'attach_volume',
      resources: [
        { id: 3, type: 'server' },
        { id: 10, type: 'volume' },
      ],
    };
    const body = redactBody(view, { action, next_actions: [action] }, collectionOf) as {
      action: { resources: unknown };
      next_actions: { resources: unknown }[];
    };
    expect(body.action.resources).toEqual([{ id: 10, type: 'volume' }]);
    expect(body.next_actions[0]!.resources).toEqual([{ id: 10, type: 'volume' }]);
  });

  it('has none of the gateway’s labels, but those of its own', () => {
    const labels = { env: 'prod', 'cloudctl/owner': 'user-1', 'cloudctl/run': 'a' };
    expect(redactItem(view, 'servers', { id: 1, labels })).toEqual({
      id: 1,
      labels: { env: 'prod', 'cloudctl/run': 'a' },
    });
  });

  it('has no control characters in any text, whatever Hetzner sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(JSON.stringify(Object.values({ a: clean(value) }))).not.toMatch(/\\u00(0[0-8bef]|1|7f|8|9)/i);
      }),
    );
    expect(clean({ name: 'a\u001b[31mb\u009bc\nd\te' })).toEqual({ name: 'a[31mbc\nd\te' });
  });
});
