import { readMatchers } from '../../../core/alerts/matcher.ts';
import { Failure } from '../../../core/failure.ts';
import type { Step } from '../../../core/store/store.ts';
import type { SilenceRow } from '../../../core/store/tables.ts';
import type { Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import type { AlertTools } from '../tools.ts';

type Silence = Omit<SilenceRow, 'id'> & { readonly id: number };

const longest = 366 * 86_400_000;

/** What can be done with silences. */
export function silenceService(tools: AlertTools): Service {
  const { store, clock } = tools;
  const all = () => store.db.selectFrom('silences').selectAll();
  const show = (row: Silence) => shown(row, clock.now());
  const find = async (id: number) => {
    const row = await all().where('id', '=', id).executeTakeFirst();
    if (row) return row;
    throw new Failure('not_found', `silence not found: ${id}`, { hint: 'cloudctl silence list' });
  };
  return {
    list: async () => (await all().execute()).map(show),
    describe: async ({ id }) => ({ silence: show(await find(id!)) }),
    async create(request) {
      const matchers = request.input.match as string[];
      readMatchers(matchers);
      if (matchers.length === 0) throw new Failure('usage', 'match: say which alerts are meant');
      await store.commit([silencing(tools, request, { matchers, subject: null })]);
      const made = await all().where('author', '=', request.caller.name).orderBy('id', 'desc').limit(1).execute();
      return { silence: show(made[0]!) };
    },
    async delete({ id }) {
      const { id: own, ends } = await find(id!);
      const now = clock.now();
      // It is kept, so that it can be seen who was silent when.
      const query = store.db
        .updateTable('silences')
        .set({ ends: Math.min(ends, now) })
        .where('id', '=', own);
      await store.commit([{ query }]);
    },
  };
}

/** The write that begins a silence as a request asks for it; throws `usage` for a time that makes no sense. */
export function silencing(
  { store, clock }: Pick<AlertTools, 'store' | 'clock'>,
  { input, caller }: Request,
  which: { readonly matchers: readonly string[]; readonly subject: string | null },
): Step {
  const now = clock.now();
  const length = Number(input.for);
  if (!(length >= 60_000 && length <= longest)) throw new Failure('usage', 'for: give a minute to a year');
  const starts = input.starts === undefined ? now : Date.parse(String(input.starts));
  if (Number.isNaN(starts)) throw new Failure('usage', 'starts: give a time of RFC 3339');
  const row = {
    ...{ subject: which.subject, matchers: JSON.stringify(which.matchers), author: caller.name },
    ...{ reason: String(input.reason), starts, ends: starts + length, created: now },
  };
  return { query: store.db.insertInto('silences').values(row) };
}

/** Ends the silences that are for one alert; how many there were. */
export async function endSilences({ store, clock }: AlertTools, subject: string): Promise<number> {
  const now = clock.now();
  const query = store.db
    .updateTable('silences')
    .set({ ends: now })
    .where('subject', '=', subject)
    .where('ends', '>', now);
  const done = await store.commit([{ query }]);
  return done?.[0] ?? 0;
}

function shown(row: Silence, now: number): Record<string, unknown> {
  const { id, matchers, subject, author, reason, starts, ends } = row;
  const state = ends <= now ? 'over' : starts > now ? 'ahead' : 'active';
  return {
    ...{ id, match: JSON.parse(matchers), alert: subject, author, reason, state },
    ...{ starts: timeOf(starts), ends: timeOf(ends), created: timeOf(row.created) },
  };
}
