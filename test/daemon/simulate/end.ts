import { parseCron, periodOf } from '../../../src/core/backup/cron.ts';
import { nextDue } from '../../../src/daemon/backup/decide.ts';
import { planServers } from '../../../src/daemon/backup/plan.ts';
import { readSchedules } from '../../../src/daemon/backup/schedule.ts';
import { readServers } from '../../../src/daemon/backup/servers.ts';
import { must, type Truth } from './rules.ts';

/** Throws when, after a time in which nothing went wrong (from `since` on, milliseconds), something is left undone: a server off, a backup old, an image that should have gone, the server of a restore test. */
export async function checkEnd({ store, project, now }: Truth, since = 0): Promise<void> {
  for (const server of project.servers.values()) {
    must(server.status === 'running', `server ${server.name} is ${server.status}`);
    must(!('cloudctl/restore-test' in server.labels), `server ${server.name} of a restore test was left behind`);
  }
  const clock = { now, sleep: async () => {} };
  for (const schedule of await readSchedules(store)) {
    const { cron, zone } = schedule.spec;
    const period = periodOf(parseCron(cron, zone), now());
    const { servers } = await readServers({ hetzner: project }).choose(schedule.spec);
    // Nothing was due since then.
    const isDue = nextDue(cron, zone, Math.max(since, schedule.created)) < now() - 43_200_000;
    for (const { id, name } of isDue ? servers : []) {
      const newest = await store.db
        .selectFrom('images')
        .select(({ fn }) => fn.max('created').as('created'))
        .where('schedule_id', '=', schedule.id)
        .where('server_id', '=', id)
        .where('state', '=', 'good')
        .executeTakeFirst();
      const age = now() - (newest?.created ?? 0);
      must(age < 1.5 * period, `the newest backup of ${name} by ${schedule.name} is ${age / 86_400_000} days old`);
    }
    const plans = await planServers({ store, clock }, schedule, id => ({ serverExists: project.servers.has(id) }));
    for (const { name, plan } of plans) {
      const left = plan.images.find(
        ({ decision, deleteAfter }) => decision === 'delete' && (deleteAfter ?? 0) < now() - period,
      );
      must(left === undefined, `image ${left?.id} of ${name} by ${schedule.name} should have been deleted`);
    }
  }
}
