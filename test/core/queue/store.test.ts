import { openStoreQueue } from '../../../src/core/queue/store.ts';
import { queueContract } from '../../contract/queue.ts';
import { stores } from '../../helpers/stores.ts';

for (const backEnd of stores) queueContract(`in a store on ${backEnd.name}`, backEnd, openStoreQueue);
