import type { Store } from '../../core/store/store.ts';
import type { Asking } from '../api/environment.ts';
import { createRepeats } from '../api/repeats.ts';
import { createGateway, type GatewayTools } from './gateway.ts';
import { keepTexts } from './kept.ts';
import { readPermits } from './permits.ts';

/** What of the daemon the gateway is made of. */
export interface Parts extends Omit<GatewayTools, 'kept' | 'repeats' | 'permits'> {
  readonly store: Store;
}

/** Lists as they were answered, of which each takes some ten kilobytes. */
const answers = 500;

/** The gateway of a daemon. */
export function openGateway({ store, ...parts }: Parts): (c: Asking) => Promise<Response> {
  const { clock } = parts;
  return createGateway({
    ...parts,
    kept: keepTexts(answers),
    repeats: createRepeats({ store, clock }),
    permits: (principal, project) => readPermits(store, principal, project),
  });
}
