import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import type { Check } from './check.ts';
import { backupStale } from './kinds/backup-stale.ts';
import { budget } from './kinds/budget.ts';
import { dns } from './kinds/dns.ts';
import { http } from './kinds/http.ts';
import { metric } from './kinds/metric.ts';
import { ping } from './kinds/ping.ts';
import { push } from './kinds/push.ts';
import { state } from './kinds/state.ts';
import { tcp } from './kinds/tcp.ts';
import { tls } from './kinds/tls.ts';

/** Every kind of check, in the order of help. */
export const kinds: readonly Check[] = [http, tcp, ping, dns, tls, push, state, metric, budget, backupStale];

/** The names of all kinds. */
export const kindNames: readonly string[] = kinds.map(({ name }) => name);

/** The kind of that name; throws `usage` with the nearest one. */
export function findKind(name: string): Check {
  const found = kinds.find(one => one.name === name);
  if (found) return found;
  const near = nearest(name, kindNames);
  throw new Failure('usage', `'${name.slice(0, 50)}' is not a type of check`, {
    hint: near ? `Did you mean ${near}?` : `One of ${kindNames.join(', ')}`,
  });
}
