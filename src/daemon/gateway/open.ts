import { Failure } from '../../core/failure.ts';
import type { Store } from '../../core/store/store.ts';
import type { Asking } from '../api/environment.ts';
import { createRepeats } from '../api/repeats.ts';
import { openDeeds } from './deeds.ts';
import { createGateway, type GatewayTools } from './gateway.ts';
import { keepTexts } from './kept.ts';
import { openOwnership } from './ownership.ts';
import { readPermits } from './permits.ts';

/** What of the daemon the gateway is made of. */
export interface Parts extends Pick<GatewayTools, 'audit' | 'log' | 'clock' | 'mask' | 'upstreams'> {
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
    ownership: openOwnership({ store, clock }),
    deeds: openDeeds({ store, clock }),
    repeats: createRepeats({ store, clock }),
    permits: (principal, project) => readPermits(store, principal, project),
    quotas: { require: async () => {} },
    approvals: {
      async require(_, permission) {
        throw new Failure('forbidden', `${permission} takes a second person: ask an administrator to do it`);
      },
    },
  });
}
