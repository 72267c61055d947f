import type { Group } from './command.ts';
import { add, remove, set, unset } from './config/change.ts';
import { get, list } from './config/show.ts';

/** `cloudctl config`: settings of the current context or of all. */
export const group: Group = { name: 'config', commands: [add, get, list, remove, set, unset] };
