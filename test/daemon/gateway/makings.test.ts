import { describe, expect, it } from 'vitest';
import { matchOperation } from '../../../src/core/access/match.ts';
import type { Ask } from '../../../src/daemon/gateway/ask.ts';
import { makingOf } from '../../../src/daemon/gateway/makings.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const server = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };

/** A gateway whose daemon before was killed while it made a server for ada; `onSleep` runs when this one waits. */
async function startAfterKill(open: (typeof stores)[number]['open'], onSleep: () => Promise<unknown> = async () => {}) {
  const time = fakeClock(Date.now());
  const clock = {
    now: time.now,
    sleep: async (...wait: Parameters<typeof time.sleep>) => {
      await onSleep();
      await time.sleep(...wait);
    },
  };
  const gateway = await startGateway(open, { speed: Number.POSITIVE_INFINITY }, { clock });
  const { store, people, ask, sandbox } = gateway;
  const user = await people.user('ada@x.test');
  const ada = await people.token(user);
  const owner = `user-${user}`;
  const asked = {
    match: matchOperation('POST', 'servers'),
    key: 'once',
    path: 'servers',
    text: JSON.stringify(server),
  };
  const { request } = makingOf({ ...asked, principal: { owner } } as Ask)!;
  const updated = time.now() - 1000;
  const about = { project_id: 1, type: 'servers', owner, author: 'token ci (ada@x.test)', resource_id: null };
  const row = { request, ...about, state: 'open' as const, created: updated, updated };
  await store.commit([{ query: store.db.insertInto('intents').values(row) }]);
  const retry = () => ask(ada, 'POST', 'servers', server, { 'idempotency-key': 'once' });
  /** What the killed one had sent arrives. */
  const land = () =>
    fetch(`${sandbox.url}/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...server, labels: { 'cloudctl/owner': owner, 'cloudctl/request': request } }),
    });
  return { ...gateway, time, retry, land };
}

describe.each(stores)('a create that a killed daemon has left open, sent again, on $name', ({ name, open }) => {
  it.runIf(name === 'SQLite')('waits for what was on its way, and is answered with that', async () => {
    let land = async (): Promise<unknown> => undefined;
    let sleeps = 0;
    const gateway = await startAfterKill(open, async () => {
      sleeps += 1;
      if (sleeps === 1) await land();
    });
    land = gateway.land;
    const { status, body } = await gateway.retry();
    expect([status, body.server.name, sleeps]).toEqual([201, 'web-1', 1]);
    expect([...gateway.sandbox.state.servers.keys()]).toEqual([body.server.id]);
    expect(gateway.sandbox.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it.runIf(name === 'SQLite')('is made when nothing shows within seconds', async () => {
    const { retry, time, sandbox } = await startAfterKill(open);
    const before = time.now();
    expect((await retry()).status).toBe(201);
    expect(time.now() - before).toBe(7000);
    expect(sandbox.state.servers.size).toBe(1);
  });

  it.runIf(name === 'MySQL')('is refused for a minute, in which another daemon may be at it', async () => {
    const { retry, time, sandbox } = await startAfterKill(open);
    expect((await retry()).body.error.code).toBe('conflict');
    expect(sandbox.state.servers.size).toBe(0);
    await time.advance(60_000);
    expect((await retry()).status).toBe(201);
  });
});
