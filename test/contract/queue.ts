import { describe } from 'vitest';
import type { BackEnd } from '../helpers/stores.ts';
import { promisesOfAdding } from './queue-adding.ts';
import { promisesOfFailing } from './queue-failing.ts';
import { promisesOfLeases } from './queue-leases.ts';
import { atPlace, type OpenQueue } from './queue-place.ts';
import { promisesOfWorking } from './queue-working.ts';

/** What every queue promises. */
export function queueContract(name: string, backEnd: BackEnd, open: OpenQueue): void {
  describe(`a queue ${name}`, () => {
    const at = atPlace(backEnd, open);
    promisesOfAdding(at);
    promisesOfFailing(at);
    promisesOfLeases(at);
    promisesOfWorking(at);
  });
}
