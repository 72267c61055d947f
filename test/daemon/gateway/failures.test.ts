import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;
const server = (name: string) => ({ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1' });

/** A gateway, a client of it and a server of that client's. */
async function withServer() {
  const gateway = await startGateway(open, {}, { clock: fakeClock(Date.now()) });
  const ada = await gateway.tokenOf('ada@x.test');
  const boss = await gateway.tokenOf('boss@x.test', 'admin');
  const { id } = (await gateway.ask(ada, 'POST', 'servers', server('web-1'))).body.server;
  return { ...gateway, ada, boss, id };
}

const fresh = { 'cache-control': 'no-cache' };

describe('what goes wrong between the gateway and Hetzner', () => {
  it.each<[string, object]>([
    ['its token is not good any more', { kind: 'status', status: 401 }],
    ['its token may only read', { kind: 'status', status: 403 }],
    ['it is in maintenance', { kind: 'status', status: 503 }],
    ['it fails', { kind: 'status', status: 500 }],
    ['a page comes in place of an answer', { kind: 'garbage' }],
    ['the answer is cut off', { kind: 'cutoff' }],
    ['the connection is reset', { kind: 'reset' }],
  ])('is 503 for every reading, and never a missing resource or a bad token: %s', async (_, fault) => {
    const { ask, sandbox, ada, boss, id } = await withServer();
    sandbox.fault({ times: 10_000, ...fault } as FaultRule);
    for (const path of [`servers/${id}`, 'servers', `servers/${id}/actions`, 'volumes', 'pricing', 'actions?id=1']) {
      for (const token of [ada, boss]) {
        const { status, body } = await ask(token, 'GET', path, undefined, fresh);
        expect([path, status, body.error]).toEqual([
          path,
          503,
          { code: 'unavailable', message: expect.stringContaining('Hetzner'), details: null, ambiguous: false },
        ]);
      }
    }
  });
});
