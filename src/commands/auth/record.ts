import { type Deed, readRecord, recordFile } from '../../core/auth/record.ts';
import { stateFolder } from '../../core/config/paths.ts';
import { back, field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { writeRows } from '../output/rows.ts';

const columns = {
  at: (deed: Deed) => deed.at,
  account: (deed: Deed) => deed.account,
  context: (deed: Deed) => deed.context,
  change: (deed: Deed) => `${deed.method} ${deed.path}`,
  result: (deed: Deed) => deed.result ?? 'not known',
};

/** `auth record`: who changed what on this machine, through contexts that ask for a sign-in. */
export const record = command({
  name: 'record',
  summary: 'Show who changed what here, through contexts with --require-login',
  description:
    'Each change is written down before it is sent. The record is a file of this user: it helps people to remember, it is no proof against somebody who can write that file.',
  fields: { since: field('time', 'Only changes from this time on', back), ...outputFields },
  examples: ['cloudctl auth record', 'cloudctl auth record --since 24h -o json'],
  exits: [],
  async run({ world }, input) {
    const format = parseFormat({ ...input, available: Object.keys(columns) });
    const folder = stateFolder(world);
    const now = world.clock.now();
    const from = input.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(input.since);
    const deeds = folder === undefined ? [] : readRecord(recordFile(folder));
    await writeRows(world.out, format, {
      items: deeds.filter(({ at }) => Date.parse(at) >= from),
      columns,
      defaults: Object.keys(columns),
      wide: Object.keys(columns),
      nameOf: deed => deed.id,
      idOf: deed => deed.id,
      now,
    });
  },
});
