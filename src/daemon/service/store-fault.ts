import { codeOf } from '../../core/config/storage.ts';
import { Failure } from '../../core/failure.ts';

const faults: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  FULL: ['no space is left on the device', 'Make room, and start again: nothing is lost'],
  NOTADB: ['it is not a store of cloudctl', 'Move it away, or restore a copy: cloudctl daemon restore <file>'],
  CORRUPT: ['it is damaged', 'Restore a copy: cloudctl daemon restore <file>'],
  READONLY: ['it may only be read', 'Correct its permissions, or those of its folder'],
  CANTOPEN: ['it cannot be opened', 'Correct its permissions, or those of its folder'],
  BUSY: ['another program has it locked', 'End that program'],
  IOERR: ['the disk reports an error', 'Look into the log of the system'],
};

/** The `usage` Failure for an error of SQLite at the opening of the store; anything else as it is. */
export function explainStoreFault(error: unknown, store: string): unknown {
  const name = /^SQLITE_([A-Z]+)/.exec(codeOf(error) ?? '')?.[1];
  const [message, hint] = (name && faults[name]) || [];
  return message === undefined ? error : new Failure('usage', `${store}: ${message}`, { hint, cause: error });
}
