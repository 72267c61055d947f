import { server } from '../../core/resources/server.ts';
import type { Group } from '../command.ts';
import { resourceGroup } from '../resource-group.ts';
import { console, requestConsole } from './console.ts';
import { create } from './create.ts';
import { ip } from './ip.ts';
import { metrics } from './metrics.ts';
import { resize } from './resize.ts';
import { resume } from './resume.ts';
import { ssh } from './ssh.ts';
import { wait } from './wait.ts';

/** Servers: the regular verbs, and what is written by hand. */
export const group: Group = resourceGroup(server, [
  create,
  ssh,
  ip,
  metrics,
  wait,
  resize,
  resume,
  console,
  requestConsole,
]);
