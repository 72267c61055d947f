import { join } from 'node:path';
import type { Configuration } from './config/configuration.ts';

/** The file of the store in the state directory. */
export function storeFile({ values }: Pick<Configuration, 'values'>): string {
  return join(values['state-directory'], 'cloudctl.db');
}
