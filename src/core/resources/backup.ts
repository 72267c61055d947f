import { ahead, field } from '../field.ts';
import { type Column, type Item, resource } from '../resource.ts';
import { action, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

/** What a backup can be; only good ones count for retention. */
const states = ['creating', 'good', 'failed', 'duplicate', 'gone', 'deleted'] as const;

const columns: Record<string, Column> = {
  ...common,
  server: item => item.server_name,
  schedule: item => item.schedule_name,
  size: item => (typeof item.size === 'number' ? `${item.size.toFixed(2)} GB` : null),
  state: item => (item.state === 'good' ? fateOf(item) : item.state),
  held: item => item.hold_reason,
  hold_until: item => item.hold_until,
  delete_after: item => (item.unmanaged ? null : item.delete_after),
  delete_reason: item => item.delete_reason,
  verified: item => (item.verified ? new Date(item.verified) : null),
  protected: item => item.protected,
  unmanaged: item => item.unmanaged,
  run: item => item.run_id,
};

/** What becomes of a good one: what has no schedule any more is deleted by nobody, marked or not. */
function fateOf({ unmanaged, delete_after }: Item): string {
  if (unmanaged) return 'unmanaged';
  return delete_after ? 'marked' : 'good';
}

const when = (summary: string) => field('time', summary);
const text = (summary: string) => field('text', summary, { required: true });
const flag = (summary: string) => field('boolean', summary, { required: true });
const id = (summary: string) => field('integer', summary, { required: true });

/** Backups: images that schedules have made, with what the daemon knows of them; the id is the image's at Hetzner. */
export const backup = resource('backup', {
  columns,
  defaults: ['id', 'server', 'schedule', 'size', 'age', 'state', 'held', 'delete_after', 'verified'],
  wide: ['name', 'protected', 'unmanaged', 'delete_reason', 'hold_until', 'run'],
  sortable: ['id', 'created', 'size'],
  unlabelled: true,
  item: {
    id: id('Id of the image at Hetzner'),
    name: text('Description of the image'),
    server_id: id('The server that it was made of'),
    server_name: text('Its name'),
    schedule_id: id('The schedule that made it'),
    schedule_name: text('Its name'),
    run_id: text('The run that made it'),
    state: field('text', 'What it is; only good ones count', { required: true, choices: states }),
    size: field('decimal', 'Gigabytes that are billed; null until it is known'),
    protected: flag('Protected at Hetzner against deletion'),
    hold_reason: field('text', 'Why a person holds it; null when nobody does'),
    hold_until: when('Until when it is held; null without an end'),
    delete_after: when('When it may be deleted; null while it is not marked'),
    delete_reason: field('text', 'Why it is marked'),
    verified: when('When its last restore test succeeded'),
    unmanaged: flag('Its schedule is gone or was renamed: it is never deleted'),
    released: flag('A person let go of it'),
    created: field('time', 'When it was made', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List backups', {
      server: field('text', 'Only backups of this server, by name or id; it may be gone', {
        refers: { resource: 'server', as: 'name' },
      }),
      schedule: field('text', 'Only backups of this schedule, by name or id', {
        refers: { resource: 'schedule', as: 'name' },
      }),
      state: field('list', 'Only backups in these states; all but deleted and gone ones where absent', {
        choices: states,
      }),
    }),
    describe: describe('Show all of a backup'),
    hold: action(
      'hold',
      'Keep backups, whatever the rules say',
      {
        reason: field('text', 'Why', { required: true, placeholder: 'text' }),
        until: field('time', 'Until when; for ever where absent', ahead),
      },
      { examples: ["1042 --reason 'before the migration' --until 2027-01-01"] },
    ),
    release: action('release', 'Hold backups no longer, and let go of those whose server is gone'),
    undelete: action('undelete', 'Take the mark away from backups that are about to be deleted'),
    verify: action('verify', 'Restore backups now as a test, each into a server that is deleted again'),
    restore: action(
      'restore',
      'Make a new server of a backup, or rebuild one from it',
      {
        'new-server': field('text', 'Name of the server to make', { placeholder: 'name' }),
        type: field('text', 'Type of the new server; of the one that was backed up where absent', {
          refers: { resource: 'server-type', as: 'name' },
        }),
        location: field('text', 'Where to make it; where that one was where absent', {
          refers: { resource: 'location', as: 'name' },
        }),
        rebuild: field('text', 'The server whose disk is replaced by the backup', {
          refers: { resource: 'server', as: 'name' },
        }),
      },
      {
        examples: ['1042 --new-server web-1-restored', '1042 --rebuild web-1'],
        affects: ['server'],
        loses: (_item: Item, { rebuild }) =>
          rebuild === undefined ? undefined : [`everything on the disk of server ${rebuild}`],
      },
    ),
  },
});
