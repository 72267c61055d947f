import { resolve } from 'node:path';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { tell } from '../context/tell.ts';
import { parseFormat } from '../output/format.ts';
import { askDaemonProgram, configWords, daemonFields } from './program.ts';

/** `daemon backup`: a copy of the store, for another host. */
export const backup = command({
  name: 'backup',
  summary: "Copy the daemon's store to a file, to be kept off this host",
  description:
    'The copy is whole and checked, whether the daemon runs or not. What is secret in it is sealed with a key that is not in it: keep store.key of the state directory too, elsewhere.',
  fields: {
    file: field('text', 'New file to write', { operand: 'one', required: true }),
    ...daemonFields,
    ...outputFields,
  },
  examples: ['cloudctl daemon backup /mnt/backup/cloudctl-2026-11-25.db'],
  exits: ['not_found', 'refused'],
  async run(session, input) {
    const format = parseFormat(input);
    const done = await askDaemonProgram<{ file: string }>(session.world, [
      'backup',
      resolve(input.file),
      ...configWords(input.config),
    ]);
    await tell(session, format, done.file, 'written and checked', done);
  },
});

/** `daemon restore`: a copy takes the place of the store. */
export const restore = command({
  name: 'restore',
  summary: "Put a copy in the place of the daemon's store, while the daemon is stopped",
  description:
    'The copy is checked first. The store that was there is kept beside it, and its file is named. Automated deletions are stopped afterwards, since the copy knows nothing of what came after it: look at the plans, then cloudctl daemon unfreeze.',
  fields: {
    file: field('text', 'Copy to take', { operand: 'one', required: true }),
    'new-key': field('boolean', 'Go on without store.key, which is lost: what was sealed with it is given up'),
    ...daemonFields,
    ...outputFields,
  },
  examples: [
    'cloudctl daemon restore /mnt/backup/cloudctl-2026-11-25.db',
    'cloudctl daemon restore /mnt/backup/cloudctl-2026-11-25.db --new-key',
  ],
  exits: ['not_found', 'busy', 'refused'],
  async run(session, input) {
    const format = parseFormat(input);
    const newKey = input['new-key'] ? ['--new-key'] : [];
    const words = ['restore', resolve(input.file), ...newKey, ...configWords(input.config)];
    const done = await askDaemonProgram<{ store: string; kept: string | null }>(session.world, words);
    await tell(
      session,
      format,
      done.store,
      done.kept ? `restored; what was there is in ${done.kept}` : 'restored',
      done,
    );
  },
});
