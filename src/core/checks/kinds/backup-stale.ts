import { field } from '../../field.ts';
import { down, kind, up } from '../check.ts';

const settings = {
  schedule: field('text', 'Schedule of backups, by name or id', {
    required: true,
    placeholder: 'schedule',
    refers: { resource: 'schedule', as: 'name' },
  }),
  tolerate: field('text', 'The worst state that is still good', { choices: ['ok', 'late'], default: 'late' }),
} as const;

/** Backups that are as young as their schedule says. */
export const backupStale = kind({
  name: 'backup-stale',
  summary: 'Backups of a schedule that have become too old',
  settings,
  needs: 'store',
  async run({ schedule, tolerate }, { backups }) {
    const found = await backups(schedule);
    if (!found) return down(`there is no schedule ${schedule}`);
    const bad = found.servers.filter(({ state }) => state === 'stale' || (state === 'late' && tolerate === 'ok'));
    if (bad.length > 0)
      return down(
        bad
          .map(({ name, state }) => `${name} is ${state}`)
          .join(', ')
          .slice(0, 300),
      );
    if (found.servers.length === 0) return up('no backup has been due yet');
    return up(`${found.servers.length} servers have backups that are young enough`);
  },
});
