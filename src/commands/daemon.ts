import type { Group } from './command.ts';
import { check } from './daemon/check.ts';
import { backup, restore } from './daemon/copy.ts';
import { freeze, unfreeze } from './daemon/freeze.ts';
import { install, uninstall } from './daemon/install.ts';
import { logs } from './daemon/logs.ts';
import { reload } from './daemon/reload.ts';
import { run } from './daemon/run.ts';
import { start } from './daemon/start.ts';
import { status } from './daemon/status.ts';
import { stop } from './daemon/stop.ts';

/** `cloudctl daemon`: the process of the daemon, as a unit of systemd or in the background. */
export const group: Group = {
  name: 'daemon',
  commands: [start, stop, status, reload, logs, check, run, install, uninstall, backup, restore, freeze, unfreeze],
};
