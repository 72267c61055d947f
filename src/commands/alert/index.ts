import { alert } from '../../core/resources/alert.ts';
import { inbox } from '../../core/resources/inbox.ts';
import { route } from '../../core/resources/route.ts';
import { silence } from '../../core/resources/silence.ts';
import { resourceGroup } from '../resource-group.ts';
import { test } from './test.ts';

/** What the daemon's alerts, and who is told of them, can be done with. */
export const groups = {
  alert: resourceGroup(alert, [test]),
  silence: resourceGroup(silence),
  route: resourceGroup(route),
  inbox: resourceGroup(inbox),
};
