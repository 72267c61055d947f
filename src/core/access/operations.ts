import type { Operation } from './operation.ts';
import { catalogue } from './operations/catalogue.ts';
import { networks } from './operations/networks.ts';
import { servers } from './operations/servers.ts';
import { storageBoxes } from './operations/storage-boxes.ts';
import { zones } from './operations/zones.ts';

/** Every operation of Hetzner's published API; the gateway passes nothing else on. */
export const operations: readonly Operation[] = [...servers, ...networks, ...zones, ...storageBoxes, ...catalogue];
