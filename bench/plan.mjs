// What becomes of a thousand images: the decision alone, without the store and without Hetzner.
import { load } from './load.mjs';
import { median, ms } from './measure.mjs';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 25, 12);

const image = number => ({
  id: number,
  server: 1,
  created: now - number * hour,
  good: true,
  protected: false,
  held: false,
  size: 20,
  deleteAfter: null,
});

export const planRow = {
  name: 'plan of a schedule, 1,000 images',
  bar: '',
  measure: async () => {
    const { plan } = await load('core/backup/plan.ts');
    const keep = { last: 3, hourly: 24, daily: 14, weekly: 8, monthly: 12, yearly: 5 };
    const input = {
      spec: { cron: '0 * * * *', zone: 'Europe/Berlin', keep, minKeep: 1, grace: 24 * hour },
      server: 1,
      images: Array.from({ length: 1000 }, (_, number) => image(number)),
      now,
      state: {
        frozen: false,
        managed: true,
        serverExists: true,
        approval: 'none',
        clockJumped: null,
        created: 1000,
      },
      perGigabyte: null,
    };
    const time = () => {
      const start = performance.now();
      plan(input);
      return performance.now() - start;
    };
    const first = time();
    const later = median(Array.from({ length: 50 }, time));
    return [['plan of a schedule, 1,000 images', ms(later), `the first time ${ms(first)}`, '']];
  },
};
