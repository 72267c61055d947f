/** The shapes of Hetzner's API, one file a kind of thing. */
export type * from './types/action.ts';
export type * from './types/base.ts';
export type * from './types/firewall.ts';
export type * from './types/image.ts';
export type * from './types/ip.ts';
export type * from './types/network.ts';
export type * from './types/place.ts';
export type * from './types/price.ts';
export type * from './types/server.ts';
export type * from './types/server-type.ts';
export type * from './types/ssh-key.ts';
export type * from './types/volume.ts';
