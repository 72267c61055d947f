import { createHash } from 'node:crypto';
import type { State } from './state.ts';

/** A password that looks like one; repeatable, since it follows from how many ids were given out. */
export function makePassword(state: State): string {
  return createHash('sha256').update(`password ${state.lastId}`).digest('base64url').slice(0, 20);
}
