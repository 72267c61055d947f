import type { Item } from '../resource.ts';
import { type Attempt, imageFor, type Wish } from './wish.ts';

/** The body of `POST /servers`: only what was asked for, references as ids. */
export function createBody(name: string, wish: Wish, { type, location }: Attempt): Record<string, unknown> {
  const body: Record<string, unknown> = {
    name,
    server_type: type.name,
    image: String(imageFor(wish, type).id),
    location,
    start_after_create: wish.start,
    ssh_keys: many(wish.sshKeys.map(key => String(key.id))),
    volumes: many(ids(wish.volumes)),
    automount: wish.automount,
    networks: many(ids(wish.networks)),
    firewalls: many(wish.firewalls.map(({ id }) => ({ firewall: id }))),
    placement_group: wish.placementGroup?.id,
    labels: Object.keys(wish.labels).length > 0 ? wish.labels : undefined,
    user_data: wish.userData,
    public_net: publicNet(wish),
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** The body to show: user data, which may hold secrets, only by its length. */
export function shownBody(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (typeof body.user_data !== 'string') return { ...body };
  return { ...body, user_data: `(${Buffer.byteLength(body.user_data)} bytes)` };
}

function publicNet({ ipv4, ipv6 }: Wish): Record<string, unknown> | undefined {
  if (ipv4 === true && ipv6 === true) return undefined;
  return {
    enable_ipv4: ipv4 !== false,
    enable_ipv6: ipv6 !== false,
    ...idUnder('ipv4', ipv4),
    ...idUnder('ipv6', ipv6),
  };
}

function idUnder(key: string, ip: boolean | Item): Record<string, number> {
  return typeof ip === 'object' ? { [key]: ip.id } : {};
}

function ids(items: readonly Item[]): number[] {
  return items.map(({ id }) => id);
}

function many<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length > 0 ? values : undefined;
}
