import { readMatchers } from '../../../core/alerts/matcher.ts';
import { labelsOf } from '../../../core/alerts/route.ts';
import { Failure } from '../../../core/failure.ts';
import { happened } from '../../../core/store/happened.ts';
import type { Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import { alertOf, type KeptAlert } from '../take.ts';
import type { AlertTools } from '../tools.ts';
import { endSilences, silencing } from './silence.ts';

/** What can be done with alerts. */
export function alertService(tools: AlertTools): Service {
  const { store, clock } = tools;
  return {
    async list({ input, query }) {
      // Who names an alert means it whatever it is now.
      const usual = query.name === undefined ? ['firing'] : ['firing', 'pending', 'resolved'];
      const { state = usual, severity, match } = input as Readonly<Record<string, string[] | undefined>>;
      const matches = readMatchers(match ?? []);
      const rows = await store.db
        .selectFrom('alerts')
        .selectAll()
        .where(({ or, eb }) => or([eb('state', 'in', state as never), eb('pending', 'is not', null)]))
        .execute();
      const silenced = await silencedUntil(tools);
      return rows
        .filter(row => state.includes(stateOf(row)))
        .filter(row => severity === undefined || severity.includes(row.severity))
        .filter(row => matches(labelsOf(alertOf(row))))
        .map(row => show(row, silenced));
    },
    describe: async ({ id }) => answer(tools, id!),
    async ack({ id, input, caller }) {
      const alert = await find(tools, id!);
      if (stateOf(alert) !== 'firing') {
        const why = stateOf(alert) === 'pending' ? 'has not begun to fire' : 'is over';
        throw new Failure('refused', `alert ${alert.subject} ${why}`);
      }
      const now = clock.now();
      const set = {
        ...{ acknowledged: now, acknowledged_by: caller.name, version: alert.version + 1 },
        acknowledged_reason: (input.reason as string | undefined) ?? null,
      };
      const query = store.db.updateTable('alerts').set(set).where('id', '=', alert.id);
      const event = happened(store, now, 'alert.acknowledged', { key: alert.subject, by: caller.name });
      const done = await store.commit([{ query: query.where('version', '=', alert.version), changes: 1 }, event]);
      if (!done) throw new Failure('conflict', `alert ${alert.subject} was changed meanwhile`, { hint: 'Try again' });
      return answer(tools, id!);
    },
    async silence(request: Request) {
      const alert = await find(tools, request.id!);
      await store.commit([silencing(tools, request, { matchers: [], subject: alert.subject })]);
      return answer(tools, request.id!);
    },
    async unsilence({ id }) {
      const alert = await find(tools, id!);
      const ended = await endSilences(tools, alert.subject);
      if (ended === 0)
        throw new Failure('refused', `alert ${alert.subject} is not silenced by itself`, {
          hint: 'cloudctl silence list',
        });
      return answer(tools, id!);
    },
  };
}

async function find({ store }: AlertTools, id: number): Promise<KeptAlert> {
  const row = await store.db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `alert not found: ${id}`, { hint: 'cloudctl alert list' });
}

/** Until when alerts are silenced, each by its own name or by conditions. */
async function silencedUntil({ store, clock }: AlertTools): Promise<(row: KeptAlert) => number | null> {
  const now = clock.now();
  const active = store.db.selectFrom('silences').selectAll().where('starts', '<=', now).where('ends', '>', now);
  const silences = (await active.execute()).map(({ subject, ends, matchers }) => ({
    ...{ subject, ends, matches: readMatchers(JSON.parse(matchers) as string[]) },
  }));
  return row => {
    const labels = labelsOf(alertOf(row));
    const own = silences.filter(one => (one.subject === null ? one.matches(labels) : one.subject === row.subject));
    return own.length > 0 ? Math.max(...own.map(({ ends }) => ends)) : null;
  };
}

/** What it is now: something that was over and is suspected again is pending. */
function stateOf({ state, pending }: Pick<KeptAlert, 'state' | 'pending'>): KeptAlert['state'] {
  return pending === null ? state : 'pending';
}

async function answer(tools: AlertTools, id: number): Promise<unknown> {
  return { alert: show(await find(tools, id), await silencedUntil(tools)) };
}

function show(row: KeptAlert, silenced: (row: KeptAlert) => number | null): Record<string, unknown> {
  const { labels, details, pending } = alertOf(row);
  const { id, subject, severity, firings } = row;
  const [state, summary] = [stateOf(row), pending?.summary ?? row.summary];
  return {
    ...{ id, key: subject, state, severity, summary, labels, details: details ?? null, firings },
    ...{ started: timeOf(row.started), ended: timeOf(row.ended), acknowledged: timeOf(row.acknowledged) },
    ...{ acknowledged_by: row.acknowledged_by, acknowledged_reason: row.acknowledged_reason },
    ...{ pending_since: timeOf(pending?.since), fires: timeOf(pending?.fires) },
    silenced_until: timeOf(silenced(row)),
  };
}
