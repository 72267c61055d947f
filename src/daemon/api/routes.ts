import { Failure } from '../../core/failure.ts';
import type { Operation, Resource, Verb } from '../../core/resource.ts';
import { alert } from '../../core/resources/alert.ts';
import { approval } from '../../core/resources/approval.ts';
import { audit } from '../../core/resources/audit.ts';
import { backup } from '../../core/resources/backup.ts';
import { channel } from '../../core/resources/channel.ts';
import { check } from '../../core/resources/check.ts';
import { delivery } from '../../core/resources/delivery.ts';
import { inbox } from '../../core/resources/inbox.ts';
import { job } from '../../core/resources/job.ts';
import { maintenance } from '../../core/resources/maintenance.ts';
import { owner } from '../../core/resources/owner.ts';
import { permit } from '../../core/resources/permit.ts';
import { project } from '../../core/resources/project.ts';
import { quota } from '../../core/resources/quota.ts';
import { role } from '../../core/resources/role.ts';
import { route } from '../../core/resources/route.ts';
import { schedule } from '../../core/resources/schedule.ts';
import { session } from '../../core/resources/session.ts';
import { silence } from '../../core/resources/silence.ts';
import { token } from '../../core/resources/token.ts';
import { uptime } from '../../core/resources/uptime.ts';
import { user } from '../../core/resources/user.ts';
import { sample } from '../metrics/resource.ts';
import { statusPageResource } from '../status-page/resource.ts';
import { daemon } from './daemon-resource.ts';

/** What of a resource it takes to serve it. */
export type Served = Pick<Resource, 'path' | 'key' | 'title' | 'verbs' | 'sortable' | 'order' | 'nameKey' | 'item'> & {
  readonly name: string;
};

/** One request that is served, from a verb's declaration. */
export interface Route {
  readonly method: Operation['method'];
  /** Below `/cloudctl/v1/`, with `:id` for the item. */
  readonly path: string;
  readonly resource: Served;
  /** The verb's name, under which the service has it. */
  readonly name: string;
  readonly verb: Verb;
  /** What a caller must be allowed to: `schedule:write`. */
  readonly permission: string;
}

/** Everything that the daemon serves of its own. */
export const served: readonly Served[] = [
  ...[schedule, backup, alert, silence, route, channel, delivery, inbox],
  ...[check, maintenance, uptime, statusPageResource],
  ...[user, token, session, role, permit],
  ...[project, owner, quota, approval],
  ...[job, audit, sample, daemon],
];

/** The requests that the declarations imply; throws `unexpected` for a verb that is not one request. */
export function routesOf(resources: readonly Served[]): Route[] {
  return resources.flatMap(resource =>
    Object.entries(resource.verbs).map(([name, verb]): Route => {
      const { operation, kind } = verb as Verb;
      if (!operation) throw new Failure('unexpected', `${resource.name} ${name} has no operation`);
      const path = [resource.path, operation.path].filter(part => part !== '').join('/');
      const permission = `${resource.name}:${isReading(kind) ? 'read' : 'write'}`;
      return { method: operation.method, path, resource, name, verb, permission };
    }),
  );
}

/** Whether a verb of that kind changes nothing. */
export function isReading(kind: Verb['kind']): boolean {
  return kind === 'list' || kind === 'describe';
}

/** Throws `unexpected` when a route has nothing that does it. */
export function requireServices(routes: readonly Route[], services: Readonly<Record<string, object>>): void {
  const missing = routes.filter(({ resource, name }) => {
    const service = services[resource.name] as Readonly<Record<string, unknown>> | undefined;
    return typeof service?.[name] !== 'function';
  });
  if (missing.length === 0) return;
  const names = missing.map(({ resource, name }) => `${resource.name} ${name}`).join(', ');
  throw new Failure('unexpected', `nothing does what is declared: ${names}`);
}
