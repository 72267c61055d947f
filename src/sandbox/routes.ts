import { absentRoutes } from './resources/absent.ts';
import { allActionRoutes } from './resources/actions.ts';
import { catalogueRoutes } from './resources/catalogue.ts';
import { firewallRoutes } from './resources/firewalls.ts';
import { floatingIpRoutes } from './resources/floating-ips.ts';
import { imageRoutes } from './resources/images.ts';
import { networkResourceRoutes } from './resources/networks.ts';
import { placementGroupRoutes } from './resources/placement-groups.ts';
import { primaryIpRoutes } from './resources/primary-ips.ts';
import { serverRoutes } from './resources/servers.ts';
import { sshKeyRoutes } from './resources/ssh-keys.ts';
import { volumeRoutes } from './resources/volumes.ts';
import type { Route } from './route.ts';

/** Everything that the sandbox answers below /v1: a resource is a file and a line here. */
export const routes: readonly Route[] = [
  ...allActionRoutes,
  ...serverRoutes,
  ...volumeRoutes,
  ...sshKeyRoutes,
  ...imageRoutes,
  ...networkResourceRoutes,
  ...firewallRoutes,
  ...placementGroupRoutes,
  ...primaryIpRoutes,
  ...floatingIpRoutes,
  ...catalogueRoutes,
  ...absentRoutes,
];
