import type { AuditLog } from '../core/audit/log.ts';
import type { Log } from '../core/log.ts';
import { openQueue as open } from '../core/queue/open.ts';
import type { Queue } from '../core/queue/queue.ts';
import { readIdentity } from '../core/store/identity.ts';
import type { StoreKey } from '../core/store/key.ts';
import { openStore as openAt } from '../core/store/open.ts';
import type { Store } from '../core/store/store.ts';
import type { Clock } from '../core/world.ts';
import { startAlerts } from './alerts/index.ts';
import { measureAlerts } from './alerts/report.ts';
import { alertService } from './alerts/services/alert.ts';
import { channelService } from './alerts/services/channel.ts';
import { deliveryService } from './alerts/services/delivery.ts';
import { inboxService } from './alerts/services/inbox.ts';
import { routeService } from './alerts/services/route.ts';
import { silenceService } from './alerts/services/silence.ts';
import type { AlertTools } from './alerts/tools.ts';
import type { Service } from './api/service.ts';
import { auditService } from './api/services/audit.ts';
import { daemonService } from './api/services/daemon.ts';
import { jobService } from './api/services/job.ts';
import { startBackups } from './backup/index.ts';
import { backupService } from './backup/service/backups.ts';
import { scheduleService } from './backup/service/schedules.ts';
import { checksPart } from './checks/part.ts';
import { checkService } from './checks/service/checks.ts';
import { maintenanceService } from './checks/service/maintenances.ts';
import { uptimeService } from './checks/service/uptimes.ts';
import type { Sources } from './checks/sources.ts';
import type { Configuration } from './config/configuration.ts';
import type { Owners } from './gateway/owners/open.ts';
import type { PeoplePart } from './gateway/people/index.ts';
import { permitService } from './gateway/people/services/permit.ts';
import { roleService } from './gateway/people/services/role.ts';
import { sessionService } from './gateway/people/services/session.ts';
import { tokenService } from './gateway/people/services/token.ts';
import { userService } from './gateway/people/services/user.ts';
import type { Administration } from './gateway/people/workos-administration.ts';
import { workosPart } from './gateway/people/workos-poll.ts';
import { type ProjectTools, projectService } from './gateway/upstream/service.ts';
import type { Shared } from './gateway/upstream/shared.ts';
import { keepHouse } from './house.ts';
import type { Metrics } from './http/metrics.ts';
import type { Measuring } from './metrics/index.ts';
import { outboundHeartbeat } from './service/outbound-heartbeat.ts';
import type { Pulse } from './service/pulse.ts';
import type { UpstreamWatch } from './service/upstream-watch.ts';
import { statusPagePart } from './status-page/part.ts';
import { statusPageService } from './status-page/service.ts';
import { storeFile } from './store-file.ts';

/** What is there before the store is. */
export interface Foundation {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Names this process among those that work on the same store. */
  readonly worker: string;
}

/** How a part makes itself known: what it measures, that it lives, what the status tells of it. */
export interface About {
  readonly configuration: Configuration;
  readonly upstream: Pick<UpstreamWatch, 'jobApi'>;
  /** Address of Hetzner's API. */
  readonly endpoint: string;
  readonly audit: AuditLog;
  readonly metrics: Metrics;
  readonly pulse: Pulse;
  readonly measuring: Measuring;
  readonly sources: Sources;
  readonly owners: Pick<Owners, 'start'>;
  readonly workos?: Administration;
  /** Adds to the status under the part's name; read at each asking. */
  readonly report: (name: string, read: () => Promise<unknown>) => void;
}

/** Something that goes on while the daemon runs; `start` resolves with what stops it, which lets what is under way finish. */
export interface Part {
  readonly name: string;
  start(tools: AlertTools, about: About): Promise<() => Promise<void>> | (() => Promise<void>);
}

/** The store that the configuration names. */
export async function openStore({ configuration }: Foundation): Promise<Store> {
  const { store, lease } = configuration.values;
  // What a daemon that shows no life holds, rows amid a commit too, others can have after the lease.
  return openAt(store === 'sqlite' ? storeFile(configuration) : store, { silence: lease });
}

/** The queue on that store. */
export async function openQueue(foundation: Foundation, store: Store): Promise<Queue> {
  const { redis, lease, store: address } = foundation.configuration.values;
  const prefix = redis === undefined ? undefined : await prefixOf(store);
  // A file is one daemon's: what is under way there was left by one that died.
  return open({ ...foundation, store, redis, prefix, lease, takeOver: address === 'sqlite' && redis === undefined });
}

/** What the daemons of the store have in common in Redis; undefined where there is none. */
export async function findShared(
  { configuration, clock }: Foundation,
  store: Store,
  key: StoreKey,
): Promise<Shared | undefined> {
  const { redis } = configuration.values;
  if (redis === undefined) return undefined;
  const { openShared } = await import('./gateway/upstream/shared.ts');
  return openShared({ url: redis, prefix: await prefixOf(store), key, clock });
}

/** Daemons of one store share its messages, and no others: Redis may serve several installations. */
async function prefixOf(store: Store): Promise<string> {
  return `cloudctl-${await readIdentity(store)}`;
}

/** What each resource's verbs do. */
export function servicesOf(
  tools: AlertTools,
  audit: AuditLog,
  upstream: Pick<UpstreamWatch, 'report'>,
  projects: Pick<ProjectTools, 'http' | 'projects'>,
  measuring: Pick<Measuring, 'service'>,
  sources: Sources,
  { passwords, workos }: Pick<PeoplePart, 'passwords' | 'workos'>,
): Readonly<Record<string, Service>> {
  return {
    schedule: scheduleService(tools),
    backup: backupService(tools),
    alert: alertService(tools),
    silence: silenceService(tools),
    route: routeService(tools),
    channel: channelService(tools),
    delivery: deliveryService(tools),
    inbox: inboxService(tools),
    check: checkService(tools, sources),
    maintenance: maintenanceService(tools),
    uptime: uptimeService(tools),
    'status-page': statusPageService(tools),
    user: userService({ ...tools, workos }, passwords),
    token: tokenService(tools),
    session: sessionService({ ...tools, workos }),
    role: roleService(tools),
    permit: permitService(tools),
    project: projectService({ ...tools, ...projects }),
    job: jobService(tools),
    audit: auditService({ store: tools.store, audit }),
    sample: measuring.service,
    daemon: daemonService(tools, async () => ({ hetzner: upstream.report() })),
  };
}

/** What runs besides serving, in the order of starting. */
export const parts: readonly Part[] = [
  {
    name: 'work',
    async start(tools, { pulse, upstream, report, metrics }) {
      pulse.expect('scheduler', 60_000);
      pulse.expect('alerts', 60_000);
      const alerts = await startAlerts(tools);
      report('alerts', alerts.report);
      measureAlerts(metrics, tools);
      const backups = startBackups({ ...tools, hetzner: upstream.jobApi });
      const stopWork = tools.queue.work({ ...backups.handlers, ...alerts.handlers }, { concurrency });
      return async () => {
        for (const part of ['scheduler', 'alerts']) pulse.forget(part);
        await Promise.all([backups.stop(), alerts.stop(), stopWork()]);
      };
    },
  },
  { name: 'metrics', start: (_, { measuring, metrics, report }) => measuring.start(metrics, report) },
  checksPart,
  statusPagePart,
  { name: 'owners', start: (_, { owners, report }) => owners.start(report) },
  workosPart,
  { name: 'house', start: keepHouse },
  outboundHeartbeat,
];

/** Jobs worked on at once; each is a step of moments, since none waits for Hetzner while it is held. */
const concurrency = 10;
