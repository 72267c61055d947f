import type { Selectable } from 'kysely';
import { type Condition, stating } from '../../../core/alerts/condition.ts';
import type { Store } from '../../../core/store/store.ts';
import type { ProjectRow } from '../../../core/store/tables-gateway.ts';

const day = 86_400_000;
/** So long before its end a token is told of, and so long before it is urgent. */
const [ahead, urgent] = [14 * day, 2 * day];

type Expiring = Pick<Selectable<ProjectRow>, 'id' | 'name' | 'token_expires'>;

/** The condition that a project's token ends soon, or has ended. */
export function expiry(at: number, { id, name, token_expires: end }: Expiring): Condition {
  const left = end === null ? Number.POSITIVE_INFINITY : end - at;
  const when = left <= 0 ? 'has ended' : `ends in ${Math.ceil(left / day)} d`;
  return {
    ...{ key: `token/${id}`, at, firing: left <= ahead },
    severity: left <= urgent ? 'critical' : 'warning',
    labels: { alert: 'token-expires', project: name },
    summary:
      left <= ahead ? `the token of project ${name} ${when}` : `the token of project ${name} does not end within 14 d`,
  };
}

/** Says which projects' tokens end soon, and of which that is not so any more; only changes are written. */
export async function tellExpiry(store: Store, now: number): Promise<void> {
  const rows = await store.db
    .selectFrom('alerts')
    .select(['subject', 'severity', 'labels'])
    .where('state', '=', 'firing')
    .where('subject', 'like', 'token/%')
    .execute();
  const firing = new Map(rows.map(row => [row.subject, row]));
  const projects = await store.db.selectFrom('projects').select(['id', 'name', 'token_expires']).execute();
  const states = projects.map(row => expiry(now, row));
  const told = new Set(states.map(({ key }) => key));
  const gone = rows
    .filter(({ subject }) => !told.has(subject))
    .map(({ subject, labels }): Condition => {
      const { project = '' } = JSON.parse(labels) as Record<string, string>;
      return { ...expiry(now, { id: 0, name: project, token_expires: null }), key: subject };
    });
  const changed = [...states, ...gone].filter(one => {
    const known = firing.get(one.key);
    return one.firing !== (known !== undefined) || (known !== undefined && known.severity !== one.severity);
  });
  if (changed.length > 0) await store.commit(changed.map(one => stating(store, one)));
}
