import { createHash } from 'node:crypto';
import { isPublic as isOfAll } from '../../core/access/may.ts';
import type { Grants } from '../../core/access/operation.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { Item } from '../../core/resource.ts';
import type { Belongings } from './ownership.ts';
import { type Labels, requestLabel } from './reserved.ts';

/** What a principal sees of a project. */
export interface View {
  /** The same for all who see the same. */
  readonly key: string;
  /** Whether it may read every resource of that collection. */
  seesAll(type: string): boolean;
  sees(type: string, item: Item): boolean;
  /** Whether it may be told that another resource has to do with that one. */
  knows(type: string, id: number): boolean;
  isOwn(type: string, item: Item): boolean;
  /** Whether it is somebody else's, and hidden from this one. */
  isHidden(type: string, id: number): boolean;
  /** Hetzner's, which everybody sees. */
  isPublic(type: string, item: Item): boolean;
  /** What permits let it do with that resource. */
  permitsOf(type: string, id: number): readonly string[];
  /** Whether what has these labels is within what it is bound to. */
  covers(labels: Labels): boolean;
}

/** What a view is made of. */
export interface ViewOptions {
  readonly principal: Principal;
  readonly project: number;
  readonly belongings: Belongings;
  /** Whether labels match the selector that the principal is bound to. */
  readonly matches?: (labels: Labels) => boolean;
  /** Permissions for resources that were named for it, by `servers/12`. */
  readonly permits?: ReadonlyMap<string, readonly string[]>;
}

/** Whose something is that nobody was entered for: that of what it comes with. */
const parents: Readonly<Record<string, (item: Item) => number | undefined>> = {
  images: item => item.bound_to ?? item.created_from?.id,
  primary_ips: item => (item.assignee_type === 'server' ? item.assignee_id : undefined),
};

/** The owner of an item: as it was entered, as it was asked for, or as what it comes with. */
export function ownerOf(belongings: Belongings, project: number, type: string, item: Item): string | undefined {
  const request = item.labels?.[requestLabel];
  const parent = parents[type]?.(item);
  return (
    belongings.ownerOf(project, type, item.id) ??
    (typeof request === 'string' ? belongings.ownerOfRequest(project, type, request) : undefined) ??
    (typeof parent === 'number' ? belongings.ownerOf(project, 'servers', parent) : undefined)
  );
}

const digests = new WeakMap<Grants, string>();

/** The same for the same grants: they are long, and those of a role come with every request. */
function digestOf(grants: Grants): string {
  const digest = digests.get(grants) ?? createHash('sha256').update(JSON.stringify(grants)).digest('base64');
  digests.set(grants, digest);
  return digest;
}

/** The view of a principal. */
export function createView({ principal, project, belongings, matches, permits }: ViewOptions): View {
  const { grants, owners, selector } = principal;
  const isPublic = (type: string, item: Item) => isOfAll(type, item as { readonly type?: unknown });
  // An ISO that is not everybody's belongs with servers, of which it has no owner.
  const readOf = (type: string) => grants[`${type === 'isos' ? 'servers' : type}:read`] ?? 'none';
  const isOwner = (owner: string | undefined) => owner !== undefined && owners.includes(owner);
  const permitsOf = (type: string, id: number) => permits?.get(`${type}/${id}`) ?? [];
  const isPermitted = (type: string, id: number) => permitsOf(type, id).length > 0;
  const seesAll = (type: string) => selector === undefined && readOf(type) === 'all';
  const isOwn = (type: string, item: Item) => isOwner(ownerOf(belongings, project, type, item));

  return {
    key: JSON.stringify([belongings.version, owners, selector, [...(permits ?? [])], digestOf(grants)]),
    seesAll,
    isOwn,
    isPublic,
    isHidden: (type, id) => {
      const owner = belongings.ownerOf(project, type, id);
      return owner !== undefined && !isOwner(owner) && readOf(type) !== 'all' && !isPermitted(type, id);
    },
    permitsOf,
    covers: labels => matches?.(labels) ?? true,
    sees(type, item) {
      if (isPublic(type, item)) return true;
      if (matches && !matches(item.labels ?? {})) return false;
      const grant = readOf(type);
      if (grant === 'all' || isPermitted(type, item.id)) return true;
      return grant === 'own' && isOwn(type, item);
    },
    knows(type, id) {
      const isOwned = isOwner(belongings.ownerOf(project, type, id));
      // By labels it cannot be told here: rather nothing than too much.
      if (selector !== undefined) return isOwned;
      return isOwned || readOf(type) === 'all' || isPermitted(type, id);
    },
  };
}
