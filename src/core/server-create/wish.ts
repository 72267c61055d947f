import type { Image, ServerType } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';

/** The server that is wanted, every reference looked up. */
export interface Wish {
  /** In the order of preference. */
  readonly types: readonly ServerType[];
  /** Names in the order of preference; empty leaves the choice to Hetzner. */
  readonly locations: readonly string[];
  /** The image for each architecture of the types. */
  readonly images: Readonly<Record<string, Image>>;
  readonly sshKeys: readonly Item[];
  readonly firewalls: readonly Item[];
  readonly networks: readonly Item[];
  readonly volumes: readonly Item[];
  readonly placementGroup?: Item;
  /** False for none, an item for that primary IP, true for a new one. */
  readonly ipv4: boolean | Item;
  readonly ipv6: boolean | Item;
  readonly labels: Readonly<Record<string, string>>;
  readonly automount?: boolean;
  readonly start: boolean;
  readonly backup: boolean;
  readonly protect: boolean;
  readonly userData?: string;
}

/** One try at creating a server: which type, and where. */
export interface Attempt {
  readonly type: ServerType;
  /** Undefined leaves the choice to Hetzner. */
  readonly location?: string;
}

/** The attempt for people: `cx23 in fsn1`. */
export function describeAttempt({ type, location }: Attempt): string {
  return location === undefined ? type.name : `${type.name} in ${location}`;
}

/** The image of a wish for a type. */
export function imageFor(wish: Pick<Wish, 'images'>, type: Pick<ServerType, 'architecture'>): Image {
  return wish.images[type.architecture]!;
}
