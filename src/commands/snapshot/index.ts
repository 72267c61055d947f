import { snapshot } from '../../core/resources/snapshot.ts';
import { resourceGroup } from '../resource-group.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { list } from './list.ts';
import { restore } from './restore.ts';

/** Snapshots: the regular verbs, and what is written by hand. */
export const group = resourceGroup(snapshot, [list, create, remove, restore]);
