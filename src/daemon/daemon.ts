import { auditKeyOf } from '../core/audit/keys.ts';
import { openAudit } from '../core/audit/log.ts';
import { toFailure } from '../core/failure.ts';
import { requireSameKey, useKey } from '../core/store/key.ts';
import { version } from '../core/version.ts';
import { createApp } from './api/app.ts';
import { createIdentify } from './api/identify.ts';
import type { Configuration } from './config/configuration.ts';
import { findUpstream } from './config/token.ts';
import { openDoors } from './daemon-doors.ts';
import { createLive } from './daemon-live.ts';
import { measureProcess, measureQueue, measureStore } from './daemon-metrics.ts';
import { openQueue, openStore, parts, servicesOf } from './daemon-parts.ts';
import { createReports } from './daemon-status.ts';
import { createTools } from './daemon-tools.ts';
import type { DaemonWorld } from './daemon-world.ts';
import { addressFinder } from './http/address.ts';
import { createBase } from './http/app.ts';
import { createMetrics } from './http/metrics.ts';
import { openServers } from './http/servers.ts';
import { accessOf } from './http/socket-file.ts';
import { createLog } from './log.ts';
import { writeHeartbeat } from './service/heartbeat.ts';
import { openKey } from './service/key.ts';
import { takeInstance } from './service/lock.ts';
import { monotonicMicroseconds, openNotify, watchdogInterval } from './service/notify.ts';
import { createPulse } from './service/pulse.ts';
import { prepareStateDirectory } from './service/state-directory.ts';
import { openUpstream } from './service/upstream-watch.ts';
import { feedWatchdog } from './service/watchdog.ts';

/** A daemon that is ready. */
export interface Daemon {
  /** Such as `https://127.0.0.1:8443`, undefined where only the socket is there. */
  readonly address: string | undefined;
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
  const undo: { readonly name: string; readonly run: () => Promise<void> | void }[] = [];
  const started = (name: string, run: () => Promise<void> | void) => void undo.push({ name, run });
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

  async function unwind(patience: number): Promise<void> {
    const deadline = clock.now() + patience;
    for (let last = undo.pop(); last; last = undo.pop()) {
      const { name, run } = last;
      try {
        // Each gets what time is left; the last ones, which only close, are never left out.
        const isDone = await within(Math.max(500, deadline - clock.now()), run);
        if (!isDone) log.warn('cut off', { part: name });
      } catch (error) {
        log.error('could not be stopped in order', { part: name, error });
      }
    }
  }

  try {
    const folder = values['state-directory'];
    prepareStateDirectory(folder);
    const instance = await takeInstance(folder, { since: clock.now(), socket: values.socket, version });
    started('instance', instance.release);

    const metrics = createMetrics();
    const pulse = createPulse(clock);
    const worker = `${world.host}:${world.pid}`;
    const foundation = { configuration, clock, log, random: world.random, signal, worker };
    const store = measureStore(metrics, await openStore(foundation));
    started('store', () => store.close());
    const key = openKey(folder, env);
    await requireSameKey(store, useKey(key));
    const queue = await openQueue(foundation, store);
    started('queue', () => queue.close());
    measureQueue(metrics, queue);
    const audit = openAudit({ store, clock, key: auditKeyOf(key) });
    started('audit', () => audit.checkpoint());

    const find = () => {
      const upstream = findUpstream(live.current(), env);
      if (upstream.token !== undefined) log.hide(upstream.token);
      return upstream;
    };
    const upstream = openUpstream({ find, http: world.http, clock, log, signal, random: world.random });
    const process = measureProcess(metrics, clock, upstream.report);
    started('measures', process.stop);
    const tools = createTools({ world, live, store, queue, audit, log, hetzner: upstream.api, signal, pulse });

    const reports = createReports({
      world,
      live,
      store,
      upstream,
      endpoint: find().endpoint,
      address: () => servers.address,
    });
    const access = accessOf(configuration, world.user);
    const doors = await openDoors(world, live);
    const app = createBase({
      log,
      clock,
      metrics,
      silent: pulse.silent,
      status: reports.status,
      findAddress: addressFinder(values['trusted-proxies'] ?? []),
      identify: createIdentify(doors),
      api: createApp(tools, servicesOf(tools, audit, upstream), {
        ...doors,
        mask: audit.mask,
        selfEntering: ['schedule', 'backup'],
      }),
    });
    const onError = (error: Error) => log.error('a server failed', { error });
    const servers = await openServers({ app, socket: values.socket, access, values, onError });
    // Half of the time: what the requests began has to end too.
    started('servers', () => servers.stop(drainTime / 2));
    signal.addEventListener('abort', servers.drain);

    for (const part of parts) {
      started(part.name, await part.start(tools, { configuration, audit, metrics, pulse, report: reports.add }));
    }
    const background = [upstream.watch()];
    const interval = watchdogInterval(world, world.pid);
    const write = () => writeHeartbeat(store, clock.now());
    if (interval) background.push(feedWatchdog({ interval, clock, pulse, notify, write, log, signal }));
    started('background', async () => void (await Promise.all(background)));

    for (const warning of configuration.warnings) log.warn('configuration', { warning });
    const address = servers.address;
    log.info('ready', {
      version,
      pid: world.pid,
      socket: values.socket,
      listen: address,
      state_directory: folder,
      ms: Math.round(performance.now() - begun),
    });
    await notify({ READY: 1, STATUS: `Serving ${values.socket}` });

    let last: Promise<void> = Promise.resolve();
    let stopped: Promise<void> | undefined;
    const reload = async () => {
      await notify({ RELOADING: 1, MONOTONIC_USEC: monotonicMicroseconds() });
      try {
        const next = await load();
        for (const secret of secretsOf(next, env)) log.hide(secret);
        const { applied, waiting } = live.replace(next);
        log.setLevel(next.values['log-level']);
        reports.setFault(undefined);
        log.info('reloaded', { applied });
        if (waiting.length > 0) log.warn('a restart is needed for what has changed', { keys: waiting });
        void upstream.check();
      } catch (error) {
        const { message } = toFailure(error);
        reports.setFault(message);
        log.error('the new configuration is bad; the old one stays', { reason: message });
      }
      await notify({
        READY: 1,
        STATUS: reports.fault() ? 'The new configuration is bad; the old one stays' : `Serving ${values.socket}`,
      });
    };
    return {
      address,
      reload: () => (last = last.then(reload)),
      stop: () =>
        (stopped ??= (async () => {
          log.info('stopping');
          void notify({ STOPPING: 1, STATUS: 'Stopping' });
          stopping.abort();
          await unwind(drainTime - 1_000);
          log.info('stopped');
        })()),
    };
  } catch (error) {
    stopping.abort();
    await unwind(drainTime / 2);
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

/** True when the work ended in so many milliseconds. */
async function within(ms: number, work: () => Promise<void> | void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([Promise.resolve(work()).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
