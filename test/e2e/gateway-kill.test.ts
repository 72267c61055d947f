import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../helpers/random.ts';
import type { Answer } from './daemon.ts';
import { startGateway } from './gateway.ts';

// Each waits for the one before it; `npm run torture` has five hundred.
const creates = Number(process.env.CLOUDCTL_GATEWAY_CREATES ?? 40);
const kills = Math.max(3, Math.round(creates / 50));
const seed = Number(process.env.CLOUDCTL_SEED ?? Date.now() % 1e6);

/** What Hetzner or the gateway says may pass. */
const passing = ['conflict', 'unavailable', 'rate_limit_exceeded'];

const server = (name: string) => ({ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1' });

describe('a gateway that is killed while clients create', () => {
  it(`has made each thing once, its creator's, after ${kills} kills in ${creates} creates`, {
    timeout: 60_000 + kills * 30_000,
  }, async () => {
    const random = randomOf(seed);
    let seen = 0;
    let nextKill = Number.POSITIVE_INFINITY;
    let restarted = Promise.resolve();
    let killed = 0;
    const gateway = await startGateway({
      speed: Number.POSITIVE_INFINITY,
      rateLimit: 1e9,
      observe: ({ method }) => {
        if (method === 'POST') seen += 1;
        if (seen < nextKill) return;
        nextKill = Number.POSITIVE_INFINITY;
        restarted = kill();
      },
    });
    const { sandbox, token } = gateway;

    /** Some at the moment that Hetzner has done what it was asked for, the others anywhere. */
    async function kill() {
      if (random() < 0.5) await setTimeout(random() * 100);
      killed += 1;
      await gateway.restart();
      plan();
    }
    function plan() {
      if (killed < kills) nextKill = seen + Math.ceil(random() * (creates / (kills + 1)));
    }

    async function call(bearer: string, method: string, path: string, body?: object, key?: string) {
      const headers = {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        ...(key && { 'idempotency-key': key }),
      };
      const options = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await fetch(`${gateway.url}/${path}`, options);
      return { status: response.status, body: (await response.json()) as Answer };
    }
    /** Sends it until there is an answer that counts. */
    async function insist(...request: Parameters<typeof call>) {
      for (;;) {
        const answer = await call(...request).catch(() => undefined);
        if (answer && !passing.includes(answer.body.error?.code)) return answer;
        await setTimeout(50);
      }
    }

    const [ada, bob, cleo] = [
      await token('ada@x.test', 'client'),
      await token('bob@x.test', 'client'),
      await token('cleo@x.test', 'client'),
    ];
    const source = (await insist(bob, 'POST', 'servers', server('source'))).body.server.id;
    const numbers = Array.from({ length: Math.ceil(creates / 3) }, (_, index) => index);
    let slowest = 0;
    /** One after the other; what each was answered with, by its name. */
    async function each(name: string, create: (name: string) => Promise<number>) {
      const ids = new Map<string, number>();
      for (const number of numbers) {
        const begun = Date.now();
        ids.set(`${name}-${number}`, await create(`${name}-${number}`));
        slowest = Math.max(slowest, Date.now() - begun);
      }
      return ids;
    }
    plan();
    const [keyed, images, plain] = await Promise.all([
      each('ada', async name => {
        const { status, body } = await insist(ada, 'POST', 'servers', server(name), `key-${name}`);
        expect([name, status, body.error]).toEqual([name, 201, undefined]);
        return body.server.id;
      }),
      each('bob', async name => {
        const path = `servers/${source}/actions/create_image`;
        const wanted = { type: 'snapshot', description: name };
        const { status, body } = await insist(bob, 'POST', path, wanted, `key-${name}`);
        expect([name, status, body.error]).toEqual([name, 201, undefined]);
        return body.image.id;
      }),
      each('cleo', async name => {
        const { status, body } = await insist(cleo, 'POST', 'servers', server(name));
        if (status === 201) return body.server.id;
        expect([name, body.error.code]).toEqual([name, 'uniqueness_error']);
        const found = await insist(cleo, 'GET', `servers?name=${name}`);
        expect([name, found.body.servers.length]).toEqual([name, 1]);
        return found.body.servers[0].id;
      }),
    ]);
    await restarted;

    // What there is, each with the id that its creator was told.
    const there = [...sandbox.state.servers.values()].map(({ name, id }) => [name, id]);
    expect(Object.fromEntries(there)).toEqual({ source, ...Object.fromEntries([...keyed, ...plain]) });
    expect(there).toHaveLength(1 + keyed.size + plain.size);
    const snapshots = [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');
    expect(Object.fromEntries(snapshots.map(one => [one.description, one.id]))).toEqual(Object.fromEntries(images));
    expect(snapshots).toHaveLength(images.size);
    // And whose it is.
    const all = async (bearer: string, path: string, type: string) => {
      const pages = Math.ceil(creates / 50) + 1;
      const lists = Array.from({ length: pages }, (_, index) =>
        insist(bearer, 'GET', `${path}per_page=50&page=${index + 1}`),
      );
      return (await Promise.all(lists)).flatMap(({ body }) => body[type].map((one: { id: number }) => one.id)).sort();
    };
    for (const [bearer, servers, pictures] of [
      [ada, [...keyed.values()], []],
      [bob, [source], [...images.values()]],
      [cleo, [...plain.values()], []],
    ] as const) {
      expect(await all(bearer, 'servers?', 'servers')).toEqual([...servers].sort());
      expect(await all(bearer, 'images?type=snapshot&', 'images')).toEqual([...pictures].sort());
    }
    expect(killed).toBe(kills);
    // A minute would be that the next daemon takes the work of the last one for somebody's who is at it.
    expect(slowest, `seed ${seed}`).toBeLessThan(40_000);
    console.log(`seed ${seed}: ${there.length} servers, ${snapshots.length} images, slowest ${slowest} ms`);
  });
});
