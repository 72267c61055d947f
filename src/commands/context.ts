import type { Group } from './command.ts';
import { remove, rename, unset, use } from './context/change.ts';
import { create } from './context/create.ts';
import { importContexts } from './context/import.ts';
import { active, describe, list } from './context/show.ts';

/** `cloudctl context`: an endpoint and a credential under a name. */
export const group: Group = {
  name: 'context',
  commands: [active, create, remove, describe, importContexts, list, rename, unset, use],
};
