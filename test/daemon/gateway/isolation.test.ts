import { describe, expect, it } from 'vitest';
import { isPublic } from '../../../src/core/access/may.ts';
import type { Operation } from '../../../src/core/access/operation.ts';
import { operations } from '../../../src/core/access/operations.ts';
import { actionTypes } from '../../../src/daemon/gateway/mentions.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;
type Made = Readonly<Record<string, number>>;

/** One of each kind that clients make, and what belongs to it. */
async function furnish({ ask }: Gateway, token: string, name: string): Promise<Made> {
  const make = async (path: string, body: object, key: string): Promise<number> => {
    const answer = await ask(token, 'POST', path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body[key].id;
  };
  const settle = () => ask(token, 'GET', 'servers', undefined, { 'cache-control': 'no-cache' });
  const placement_groups = await make('placement_groups', { name, type: 'spread' }, 'placement_group');
  const networks = await make('networks', { name, ip_range: '10.0.0.0/16' }, 'network');
  const firewalls = await make('firewalls', { name }, 'firewall');
  const key = `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0\x20${name.padEnd(32, 'x')}`).toString('base64')} ${name}`;
  const ssh_keys = await make('ssh_keys', { name, public_key: key }, 'ssh_key');
  const servers = await make(
    'servers',
    {
      ...{ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1', placement_group: placement_groups },
      ...{ firewalls: [{ firewall: firewalls }], networks: [], ssh_keys: [ssh_keys], labels: { owner: name } },
    },
    'server',
  );
  await settle();
  const volumes = await make('volumes', { name, size: 10, server: servers }, 'volume');
  const floating_ips = await make('floating_ips', { name, type: 'ipv4', server: servers }, 'floating_ip');
  const primary_ips = await make(
    'primary_ips',
    { name, type: 'ipv4', location: 'fsn1', assignee_type: 'server' },
    'primary_ip',
  );
  const images = await make(`servers/${servers}/actions/create_image`, { description: name }, 'image');
  return { servers, volumes, networks, firewalls, ssh_keys, placement_groups, floating_ips, primary_ips, images };
}

/** A body in which every reference is that id, or that name. */
function bodyOf({ references = {} }: Operation, value: string | number): object {
  const set = (steps: readonly string[]): unknown => {
    const [step, ...rest] = steps;
    if (step === undefined) return value;
    const key = step.replace('[]', '');
    return { [key]: step.endsWith('[]') ? [set(rest)] : set(rest) };
  };
  const merge = (a: unknown, b: unknown): unknown =>
    typeof a === 'object' && a !== null && typeof b === 'object' && b !== null && !Array.isArray(a)
      ? Object.fromEntries(
          [...new Set([...Object.keys(a), ...Object.keys(b)])].map(key => [
            key,
            merge((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
          ]),
        )
      : Array.isArray(a) && Array.isArray(b)
        ? [merge(a[0], b[0])]
        : (b ?? a);
  return Object.keys(references).reduce<object>((body, path) => merge(body, set(path.split('.'))) as object, {});
}

/** Every request of every operation that names something of the other in its path, its query or its body. */
function* requests(own: Made, other: Made, name: string): Generator<{ method: string; path: string; body?: object }> {
  const ids = [...Object.values(other), 987_654_321];
  for (const operation of operations) {
    const { method, path } = operation;
    const type = path.split('/')[0]!;
    const places = path.includes('{id') ? [...ids, own[type] ?? 1] : [0];
    for (const id of places) {
      const at = path
        .replace(/\{id(_or_name)?\}/, String(id))
        .replace(/\{(action_id|snapshot_id|subaccount_id)\}/g, String(ids[0]))
        .replace('{rr_name}', 'www')
        .replace('{rr_type}', 'A');
      if (method === 'GET') {
        yield { method, path: at };
        for (const query of [
          `name=${name}`,
          `label_selector=owner%3D${name}`,
          `label_selector=cloudctl%2Fowner`,
          `id=${ids[0]}`,
        ]) {
          yield { method, path: `${at}?${query}` };
        }
        continue;
      }
      const isOwn = id === own[type] || id === 0;
      // What is not its own may be asked for without a body; its own is only changed in ways that name the other's.
      if (!isOwn) yield { method, path: at, ...(method !== 'DELETE' && { body: { name: 'taken', labels: {} } }) };
      if (!operation.references) continue;
      for (const value of [...ids, name])
        yield { method, path: at, body: { name: `new-${id}-${value}`, ...bodyOf(operation, value) } };
    }
  }
}

/** Ids of resources that are named anywhere in an answer, as `servers/12`. */
function* named(value: unknown, key = ''): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* named(one, key);
  else if (typeof value === 'object' && value !== null) {
    const { id, type } = value as { id?: unknown; type?: unknown };
    const collection = key === 'resources' ? actionTypes[String(type)] : (actionTypes[key] ?? key);
    if (typeof id === 'number' && !(key === 'images' || key === 'image' ? isPublic('images', value) : false)) {
      yield `${collection}/${id}`;
    }
    for (const [name, one] of Object.entries(value)) yield* named(one, name);
  } else if (typeof value === 'number') yield `${actionTypes[key] ?? key}/${value}`;
}

describe.each(stores.slice(0, 1))('two clients of one project, on $name', ({ open }) => {
  it('neither see nor change anything of each other, whatever they name wherever', { timeout: 240_000 }, async () => {
    const gateway = await startGateway(open, { rateLimit: 1e9, speed: Number.POSITIVE_INFINITY });
    const { ask, tokenOf, sandbox } = gateway;
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const hers = await furnish(gateway, ada, 'adas-secret');
    const his = await furnish(gateway, bob, 'bobs');
    const stateOf = () =>
      Object.entries(hers).map(([type, id]) => {
        const rows = sandbox.state as unknown as Readonly<Record<string, Map<number, object>>>;
        return [type, structuredClone(rows[type]!.get(id))];
      });
    const before = stateOf();
    for (const [, item] of before) expect(item).toBeDefined();
    const forbidden = new Set(Object.entries(hers).map(([type, id]) => `${type}/${id}`));
    const leaks: string[] = [];
    let count = 0;
    for (const { method, path, body } of requests(his, hers, 'adas-secret')) {
      const { status, body: answer } = await ask(bob, method, path, body);
      count += 1;
      const told = JSON.stringify(answer ?? null);
      const asked = JSON.stringify(body ?? '') + path;
      if (status >= 500 && status !== 503) leaks.push(`${method} ${path}: ${status} ${told}`);
      if (status < 400 && told.includes('adas-secret'))
        leaks.push(`${method} ${path} tells the name: ${told.slice(0, 300)}`);
      if (status >= 400 && told.replaceAll(/'adas-secret'/g, '').includes('adas-secret'))
        leaks.push(`${asked}: ${told}`);
      if (status < 400) {
        for (const one of named(answer)) if (forbidden.has(one)) leaks.push(`${method} ${path} tells ${one}`);
      }
    }
    expect(leaks).toEqual([]);
    expect(stateOf()).toEqual(before);
    expect(count).toBeGreaterThan(5000);
  });
});
