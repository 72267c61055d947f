import { writeDuration } from '../../backup/words.ts';
import { Failure } from '../../failure.ts';
import { field } from '../../field.ts';
import { down, kind, up } from '../check.ts';

const day = 86_400_000;

const settings = {
  every: field('duration', 'How often a sign of life has to come', { required: true, placeholder: 'duration' }),
  grace: field('duration', 'How late it may come', { default: 60_000, placeholder: 'duration' }),
} as const;

/** Signs of life that something sends by itself: a cron job, a backup script. */
export const push = kind({
  name: 'push',
  summary: 'Signs of life that a job sends by itself, by `check push` or an address without a login',
  settings,
  needs: 'store',
  validate({ every, grace }) {
    if (every < 10_000 || every > 366 * day) throw new Failure('usage', 'every: is not 10s to 366d');
    if (grace > 366 * day) throw new Failure('usage', 'grace: is longer than 366d');
  },
  async run({ every, grace }, { beat, listening, now }) {
    if (beat && !beat.ok) return down(beat.message ? `it failed: ${beat.message}` : 'it says that it failed');
    // What was sent while the daemon did not listen is lost: that is not the sender's fault.
    const since = Math.max(beat?.at ?? 0, listening);
    const late = now() - since - every;
    const last = beat
      ? `the last sign of life came ${writeDuration(round(now() - beat.at))} ago`
      : 'no sign of life has come yet';
    return late > grace ? down(last) : up(last);
  },
});

function round(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000) * 1000);
}
