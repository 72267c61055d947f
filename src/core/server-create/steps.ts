import type { Api, Method } from '../api.ts';
import type { Server } from '../hetzner/types.ts';
import type { Item, Outcome } from '../resource.ts';
import { call } from '../verbs.ts';
import type { Wish } from './wish.ts';

/** One request that brings a server nearer to what is wanted. */
export interface Step {
  /** What it brings, in a word or two: `backups`. */
  readonly what: string;
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

/** What a server that was just created still needs, since a create cannot ask for it; `id` may stand for one that is not known. */
export function followUpSteps(wish: Pick<Wish, 'protect' | 'backup'>, id: number | string): Step[] {
  return [...protectionSteps(wish, id), ...backupSteps(wish, id)];
}

/** What an existing server lacks, in the order in which it has to be done: labels first, power last. */
export function missingSteps(server: Server, wish: Wish): Step[] {
  const { id } = server;
  const act = (what: string, command: string, body?: object): Step => actionStep(what, `servers/${id}`, command, body);
  const labels = { ...server.labels, ...wish.labels };
  const relabelled = Object.entries(wish.labels).some(([key, value]) => server.labels[key] !== value);
  const inNetwork = new Set(server.private_net.map(({ network }) => network));
  const behind = new Set(server.public_net.firewalls?.map(firewall => firewall.id));
  const group = wish.placementGroup;
  return [
    ...(relabelled ? [{ what: 'labels', method: 'PUT', path: `servers/${id}`, body: { labels } } as const] : []),
    ...lacking(wish.firewalls, behind).map(firewall =>
      actionStep(`firewall ${firewall.name}`, `firewalls/${firewall.id}`, 'apply_to_resources', {
        apply_to: [{ type: 'server', server: { id } }],
      }),
    ),
    ...(group && server.placement_group?.id !== group.id
      ? [act(`placement group ${group.name}`, 'add_to_placement_group', { placement_group: group.id })]
      : []),
    ...lacking(wish.networks, inNetwork).map(network =>
      act(`network ${network.name}`, 'attach_to_network', { network: network.id }),
    ),
    ...lacking(wish.volumes, new Set(server.volumes)).map(volume =>
      actionStep(`volume ${volume.name}`, `volumes/${volume.id}`, 'attach', {
        server: id,
        ...(wish.automount === undefined ? {} : { automount: wish.automount }),
      }),
    ),
    ...(server.protection.delete && server.protection.rebuild ? [] : protectionSteps(wish, id)),
    ...(server.backup_window === null ? backupSteps(wish, id) : []),
    ...(wish.start && server.status === 'off' ? [act('power', 'poweron')] : []),
  ];
}

/** Sends the steps one after the other, each when the actions of the one before have ended: the first now, the others as `next`. */
export async function takeSteps(api: Api, steps: readonly Step[]): Promise<Outcome> {
  const [first, ...rest] = steps;
  if (!first) return {};
  const { actions } = await call(api, first.method, first.path, first.body);
  return rest.length === 0 ? { actions } : { actions, next: () => takeSteps(api, rest) };
}

function protectionSteps(wish: Pick<Wish, 'protect'>, id: number | string): Step[] {
  if (!wish.protect) return [];
  return [actionStep('protection', `servers/${id}`, 'change_protection', { delete: true, rebuild: true })];
}

function backupSteps(wish: Pick<Wish, 'backup'>, id: number | string): Step[] {
  return wish.backup ? [actionStep('backups', `servers/${id}`, 'enable_backup')] : [];
}

function actionStep(what: string, item: string, command: string, body?: object): Step {
  return { what, method: 'POST', path: `${item}/actions/${command}`, ...(body && { body }) };
}

function lacking(items: readonly Item[], present: ReadonlySet<number>): Item[] {
  return items.filter(({ id }) => !present.has(id));
}
