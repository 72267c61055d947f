import { check } from '../../core/resources/check.ts';
import { resourceGroup } from '../resource-group.ts';
import { test } from './test.ts';

/** Checks: the regular verbs, and a test that ends as the check does. */
export const group = resourceGroup(check, [test]);
