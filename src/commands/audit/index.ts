import { audit } from '../../core/resources/audit.ts';
import { resourceGroup } from '../resource-group.ts';
import { exportEntries } from './export.ts';
import { verify } from './verify.ts';

/** The audit log: the regular verbs, and checking and exporting it. */
export const group = resourceGroup(audit, [verify, exportEntries]);
