import { start } from '../../src/entries/cloudctld.ts';
import { fastClock } from './fast-clock.ts';

// The daemon as it is, but for its time.
await start(process, fastClock());
