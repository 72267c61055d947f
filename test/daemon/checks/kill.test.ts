import { expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { releasingAll } from '../../../src/daemon/checks/claim.ts';
import { openBench } from './bench.ts';

/** The store of a process that dies at its nth commit, before or after it. */
function dying(store: Store, nth: number, when: 'before' | 'after') {
  const life = { commits: 0, isDead: false };
  const commit: Store['commit'] = async steps => {
    if (life.isDead) throw new Error('dead');
    life.commits += 1;
    if (life.commits !== nth) return store.commit(steps);
    life.isDead = true;
    if (when === 'after') await store.commit(steps);
    throw new Error('killed');
  };
  return { life, store: { ...store, commit } as Store };
}

/** A check that is up, down and up again, half a minute each, by a daemon that dies once and by the next one. */
async function live(nth: number, when: 'before' | 'after') {
  const store = await openSqlite(':memory:');
  const servers = [{ id: 1, name: 'web-1', status: 'running' }];
  const mortal = dying(store, nth, when);
  const first = await openBench({ store: mortal.store, servers: () => servers });
  await openBench({ store, clock: first.clock }).then(({ check }) =>
    check('create', { name: 'web', type: 'state', server: 'web-1', interval: 10_000 }),
  );
  let daemon = first;
  for (const status of ['running', 'off', 'running', 'running']) {
    servers[0]!.status = status;
    for (let step = 0; step < 15; step += 1) {
      await daemon.pass(2000).catch(error => expect(mortal.life.isDead, String(error)).toBe(true));
      if (!mortal.life.isDead || daemon !== first) continue;
      await store.commit([releasingAll(store)]);
      daemon = await openBench({ store, clock: first.clock, servers: () => servers });
    }
  }
  const found = { conditions: await daemon.conditions(), states: await daemon.states(), died: mortal.life.isDead };
  await store.close();
  return found;
}

it.each(['before', 'after'] as const)(
  'nothing is told twice or not at all when the daemon dies %s any of its commits',
  async when => {
    for (let nth = 1; ; nth += 1) {
      const { conditions, states, died } = await live(nth, when);
      expect(conditions, `killed ${when} commit ${nth}`).toEqual([
        '+ check/1: web is down: web-1 is off',
        '- check/1: web is up: running',
      ]);
      expect(states.map(({ state }) => state)).toEqual(['up', 'down', 'up']);
      expect(states.map(({ ended }) => ended)).toEqual([...states.slice(1).map(({ begun }) => begun), null]);
      if (!died) return;
      expect(nth).toBeLessThan(200);
    }
  },
  60_000,
);
