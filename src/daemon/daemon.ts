import { auditKeyOf } from '../core/audit/keys.ts';
import { openAudit } from '../core/audit/log.ts';
import type { Log } from '../core/log.ts';
import { requireSameKey, useKey } from '../core/store/key.ts';
import { version } from '../core/version.ts';
import type { Transport } from '../core/world.ts';
import { createAlertTools } from './alerts/tools.ts';
import { createApp } from './api/app.ts';
import { createIdentify } from './api/identify.ts';
import { createRefusals } from './api/refusals.ts';
import { measureBackups } from './backup/measures.ts';
import { takeBeat } from './checks/push.ts';
import { openSources } from './checks/sources.ts';
import type { Configuration } from './config/configuration.ts';
import { networksOfChecks } from './config/networks.ts';
import { exposedSecrets, findUpstream } from './config/token.ts';
import { openDoors } from './daemon-doors.ts';
import { createLive } from './daemon-live.ts';
import { measureProcess, measureQueue, measureStore } from './daemon-metrics.ts';
import { findShared, openQueue, openStore, parts, servicesOf } from './daemon-parts.ts';
import { createReload } from './daemon-reload.ts';
import { createStack } from './daemon-stack.ts';
import { createReports } from './daemon-status.ts';
import { createTools } from './daemon-tools.ts';
import type { DaemonWorld } from './daemon-world.ts';
import { openDeeds } from './gateway/deeds.ts';
import { openGateway } from './gateway/open.ts';
import { noteActions, openOwners } from './gateway/owners/open.ts';
import { openPeoplePart } from './gateway/people/index.ts';
import { describeProject, measureProjects } from './gateway/upstream/measures.ts';
import { openUpstreams } from './gateway/upstream/projects.ts';
import { addressFinder, peerFilter } from './http/address.ts';
import { createBase } from './http/app.ts';
import { createMetrics } from './http/metrics.ts';
import { openServers } from './http/servers.ts';
import { accessOf } from './http/socket-file.ts';
import { createLog } from './log.ts';
import { openMeasuring } from './metrics/index.ts';
import { isAway } from './service/away.ts';
import { writeHeartbeat } from './service/heartbeat.ts';
import { openKey } from './service/key.ts';
import { takeInstance } from './service/lock.ts';
import { openNotify, watchdogInterval } from './service/notify.ts';
import { createPulse } from './service/pulse.ts';
import { prepareStateDirectory } from './service/state-directory.ts';
import { openUpstream } from './service/upstream-watch.ts';
import { feedWatchdog } from './service/watchdog.ts';

/** A daemon that is ready. */
export interface Daemon {
  /** Such as `https://127.0.0.1:8443`, undefined where only the socket is there. */
  readonly address: string | undefined;
  readonly log: Log;
  /** Reads the configuration again; one that is bad changes nothing, and is told in the log and the status. */
  reload(): Promise<void>;
  /** Ends everything in the opposite order of starting, within `drainTime`; what has not ended by then is cut off. */
  stop(): Promise<void>;
}

/** Milliseconds that stopping may take. */
export const drainTime = 10_000;

/** Starts the daemon; resolves when it is ready. When a part cannot start, those before it are stopped again and the Failure says why. `load` reads the configuration for a reload. */
export async function startDaemon(
  world: DaemonWorld,
  configuration: Configuration,
  load: () => Promise<Configuration>,
): Promise<Daemon> {
  const { clock, env } = world;
  const { values } = configuration;
  const begun = performance.now();
  const stopping = new AbortController();
  const { signal } = stopping;
  const isText = values['log-format'] === 'text' || (values['log-format'] === 'auto' && world.output.isTTY);
  const log = await createLog({
    level: values['log-level'],
    format: isText ? 'text' : 'json',
    output: world.output,
    now: clock.now,
  });
  for (const secret of secretsOf(configuration, env)) log.hide(secret);
  const notify = openNotify(world, error => log.warn('systemd was not told', { error }));
  const live = createLive(configuration);

  const stack = createStack(log, clock);

  try {
    const folder = values['state-directory'];
    prepareStateDirectory(folder);
    const instance = await takeInstance(folder, { since: clock.now(), socket: values.socket, version });
    stack.push('instance', instance.release);

    const metrics = createMetrics();
    const pulse = createPulse(clock);
    const worker = `${world.host}:${world.pid}`;
    const foundation = { configuration, clock, log, random: world.random, signal, worker };
    const store = measureStore(metrics, await openStore(foundation));
    stack.push('store', () => store.close());
    const key = openKey(folder, env);
    const storeKey = useKey(key);
    await requireSameKey(store, storeKey);
    const queue = await openQueue(foundation, store);
    stack.push('queue', () => queue.close());
    measureQueue(metrics, queue);
    const audit = openAudit({ store, clock, key: auditKeyOf(key) });
    stack.push('audit', () => audit.checkpoint());
    const refusals = createRefusals({ audit, log, clock, signal });
    stack.push('refusals', refusals.settle);

    const find = () => {
      const upstream = findUpstream(live.current(), env);
      if (upstream.token !== undefined) log.hide(upstream.token);
      return upstream;
    };
    const { lease } = values;
    const { http, random } = world;
    const shared = await findShared(foundation, store, storeKey);
    stack.push('shared', () => shared?.close());
    const deeds = openDeeds({ store, clock });
    const onActions = noteActions({ store, deeds, log });
    const watching = { http, clock, log, signal, random };
    const projects = await openUpstreams({ store, key: storeKey, ...watching, find, shared, onActions });
    // Its changes go with those of people, what it looks at comes last.
    const through = projects.configured.through;
    const byUrgency: Transport = request =>
      through({ tenant: 'daemon', urgency: request.method === 'GET' ? 'background' : 'write' })(request);
    const upstream = openUpstream({ find, http: byUrgency, clock, log, signal, random, lease });
    const process = measureProcess(metrics, clock, upstream.report);
    stack.push('measures', process.stop);
    measureProjects(metrics, projects);
    const tools = createAlertTools(
      createTools({ world, live, store, queue, audit, log, hetzner: upstream.api, signal, pulse }),
      { key: storeKey, allowed: () => live.current().values['allow-private-targets'] ?? [] },
    );
    measureBackups(metrics, tools);

    const owners = openOwners({ ...tools, upstreams: projects, deeds, mask: audit.mask });
    const measuring = await openMeasuring(tools, { folder, budget: projects.configured.budget });
    stack.push('samples', () => measuring.samples.close());
    // One for those who ask for a check now and for those that come in time: each would ask Hetzner by itself.
    const sources = openSources(tools, {
      key: storeKey,
      allowed: () => networksOfChecks(live.current().values),
      readLatest: measuring.latest,
    });

    const reports = createReports({
      world,
      live,
      store,
      upstream,
      endpoint: find().endpoint,
      address: () => servers.address,
    });
    reports.add('projects', async () => projects.list().map(describeProject));
    const proxies = values['trusted-proxies'] ?? [];
    const access = accessOf(configuration, world.user);
    const { people, signIn, ...ofPeople } = await openPeoplePart(
      { http, env, signal },
      { store, audit, clock, log },
      live,
    );
    stack.push('people', ofPeople.stop);
    const { workos } = ofPeople;
    const doors = { ...(await openDoors(world, live)), people };
    const ofTools = servicesOf(tools, audit, upstream, { http, projects }, measuring, sources, ofPeople);
    const services = { ...ofTools, ...owners.services };
    const app = createBase({
      log,
      clock,
      metrics,
      silent: pulse.silent,
      status: reports.status,
      findAddress: addressFinder(proxies),
      isPeer: peerFilter(proxies, values['tls-cert'] !== undefined),
      identify: createIdentify(doors),
      api: createApp({ ...tools, refusals }, services, {
        ...doors,
        signIn,
        gateway: openGateway({
          ...{ store, audit, refusals, log, clock, mask: audit.mask },
          ...{ upstreams: projects, deeds, ...owners },
        }),
        mask: audit.mask,
        selfEntering: ['schedule', 'backup'],
        beat: (token, ok, message) => takeBeat(tools, token, ok, message),
      }),
    });
    const onError = (error: Error) => log.error('a server failed', { error });
    const servers = await openServers({ app, socket: values.socket, access, values, onError });
    // Half of the time: what the requests began has to end too.
    stack.push('servers', () => servers.stop(drainTime / 2));
    signal.addEventListener('abort', servers.drain);

    const { endpoint } = find();
    const about = {
      configuration,
      endpoint,
      upstream,
      audit,
      metrics,
      pulse,
      measuring,
      sources,
      owners,
      workos,
      report: reports.add,
    };
    for (const part of parts) {
      stack.push(part.name, await part.start(tools, about));
    }
    const background = [upstream.watch(), projects.watch()];
    const interval = watchdogInterval(world, world.pid);
    const write = () =>
      writeHeartbeat(store, clock.now()).catch(error => {
        if (!isAway(store, error)) throw error;
      });
    if (interval) background.push(feedWatchdog({ interval, clock, pulse, notify, write, log, signal }));
    stack.push('background', async () => void (await Promise.all(background)));

    for (const warning of [...configuration.warnings, ...exposedSecrets(configuration)])
      log.warn('configuration', { warning });
    const address = servers.address;
    log.info('ready', {
      version,
      pid: world.pid,
      socket: values.socket,
      listen: address,
      state_directory: folder,
      ms: Math.round(performance.now() - begun),
    });
    const serving = `Serving ${values.socket}`;
    await notify({ READY: 1, STATUS: serving });

    let stopped: Promise<void> | undefined;
    const take = (next: Configuration) => {
      for (const secret of secretsOf(next, env)) log.hide(secret);
      servers.renew();
    };
    const settle = () => void upstream.check();
    return {
      address,
      log,
      reload: createReload({ load, live, log, notify, reports, serving, take, settle }),
      stop: () =>
        (stopped ??= (async () => {
          log.info('stopping');
          const told = notify({ STOPPING: 1, STATUS: 'Stopping' });
          stopping.abort();
          await stack.unwind(drainTime - 2_000);
          await Promise.race([told, clock.sleep(500)]);
          log.info('stopped');
        })()),
    };
  } catch (error) {
    stopping.abort();
    await stack.unwind(drainTime / 2);
    throw error;
  }
}

/** Texts that no record may hold: those of the environment, and passwords within addresses. */
function secretsOf({ values }: Configuration, env: DaemonWorld['env']): string[] {
  const addresses = [values.store, values.redis].flatMap(text =>
    text && URL.canParse(text) ? [decodeURIComponent(new URL(text).password)] : [],
  );
  return [env.HCLOUD_TOKEN, env.CLOUDCTL_TOKEN, ...addresses].filter(
    text => text !== undefined && text !== '',
  ) as string[];
}
