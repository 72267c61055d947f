import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { UpstreamReport } from '../core/daemon-status.ts';
import { toFailure } from '../core/failure.ts';
import { createExchange } from '../core/hetzner/exchange.ts';
import { userAgent, version } from '../core/version.ts';
import type { Configuration } from './config/configuration.ts';
import { failTogether, readConfiguration } from './config/read.ts';
import { exposedSecrets, findUpstream, type Upstream } from './config/token.ts';
import type { DaemonWorld } from './daemon-world.ts';
import { openAdministration, requireOrganizations } from './gateway/people/workos-administration.ts';
import { accessOf } from './http/socket-file.ts';
import { originOf, readAddress } from './service/outbound-heartbeat.ts';
import { consequences, probeUpstream } from './service/upstream.ts';
import { storeFile } from './store-file.ts';

type Out = { write(text: string): unknown };

/** What the daemon would do with a configuration. */
export interface Plan {
  readonly file: string | null;
  readonly state_directory: string;
  readonly state_directory_writable: boolean;
  readonly socket: string;
  readonly who_may_connect: string;
  readonly listen: string | null;
  readonly store: string;
  readonly redis: string | null;
  readonly hetzner: {
    readonly endpoint: string;
    readonly token_from: string | null;
    readonly state: string;
    readonly reason: string | null;
  };
  readonly hooks: readonly string[];
  /** Who hears the outbound heartbeat: the origin only, the rest is a secret. */
  readonly heartbeat: string | null;
  readonly log: string;
  readonly warnings: readonly string[];
  /** What was asked online and did not work. */
  readonly faults: readonly string[];
}

/** Prints what would happen; throws one `usage` that tells every fault. With `online` Hetzner and the servers of the configuration are asked, and what does not answer is a fault. */
export async function check(
  world: DaemonWorld,
  named: string | undefined,
  how: { online: boolean; json: boolean },
  out: Out,
): Promise<void> {
  const { configuration, problems, file } = await readConfiguration(world, named);
  if (problems.length > 0) throw failTogether(problems, file);
  const plan = await planOf(world, configuration, how.online);
  out.write(how.json ? `${JSON.stringify(plan)}\n` : describe(plan));
  if (plan.faults.length > 0)
    throw failTogether(
      plan.faults.map(message => ({ where: 'online', message })),
      undefined,
    );
}

/** Prints where the daemon is, however bad the rest of the configuration may be. */
export async function where(world: DaemonWorld, named: string | undefined, out: Out): Promise<void> {
  const { configuration, problems, file } = await readConfiguration(world, named);
  const { socket, 'state-directory': state_directory } = configuration.values;
  out.write(
    `${JSON.stringify({ config: file ?? null, state_directory, socket, is_system: configuration.isSystem, faults: problems.length, version })}\n`,
  );
}

async function planOf(world: DaemonWorld, configuration: Configuration, online: boolean): Promise<Plan> {
  const { values } = configuration;
  const upstream = findUpstream(configuration, world.env);
  const report = await reportOf(world, upstream, online);
  const faults = online ? await askServers(world, configuration) : [];
  if (online && !['ok', 'read-only'].includes(report.state))
    faults.unshift(`Hetzner: ${report.reason ?? consequences[report.state]}`);
  return {
    file: configuration.file ?? null,
    state_directory: values['state-directory'],
    state_directory_writable: isWritable(values['state-directory']),
    socket: values.socket,
    who_may_connect: accessOf(configuration, world.user).who,
    listen: values.listen === undefined ? null : `${values['tls-cert'] ? 'https' : 'http'}://${values.listen}`,
    store: values.store === 'sqlite' ? storeFile(configuration) : withoutPassword(values.store),
    redis: values.redis === undefined ? null : withoutPassword(values.redis),
    hetzner: {
      endpoint: upstream.endpoint,
      token_from: upstream.token === undefined ? null : upstream.from,
      state: report.state,
      reason: report.reason ?? null,
    },
    hooks: Object.keys(configuration.hooks),
    heartbeat: originOf(values['heartbeat.url-file']),
    log: `${values['log-level']}, ${values['log-format']}`,
    warnings: [
      ...configuration.warnings,
      ...exposedSecrets(configuration),
      ...hooksThatAreGone(configuration),
      ...heartbeatDoubts(configuration),
    ],
    faults,
  };
}

async function reportOf(
  world: DaemonWorld,
  { token, fault, endpoint }: Upstream,
  online: boolean,
): Promise<UpstreamReport> {
  if (fault) return { state: 'invalid', reason: fault.message };
  if (token === undefined) return { state: 'missing', reason: consequences.missing };
  if (!online) return { state: 'unknown', reason: 'not asked: give --online' };
  const { http, clock } = world;
  return probeUpstream(
    createExchange({
      endpoint: new URL(endpoint),
      token,
      http,
      clock,
      userAgent,
      httpTimeout: 10_000,
      onSkew: () => {},
    }),
  );
}

async function askServers({ env, http }: DaemonWorld, configuration: Configuration): Promise<string[]> {
  const { values } = configuration;
  const workos = openAdministration({ current: () => configuration, env, http, hide: () => {} });
  const asked = [
    values.store === 'sqlite'
      ? []
      : [['store', async () => (await import('./service/ask-servers.ts')).askMysql(values.store)] as const],
    values.redis === undefined
      ? []
      : [['redis', async () => (await import('./service/ask-servers.ts')).askRedis(values.redis!)] as const],
    values['workos-client-id'] !== undefined && workos.isConfigured()
      ? [['WorkOS', () => requireOrganizations(workos)] as const]
      : [],
  ].flat();
  const answers = asked.map(([name, ask]) =>
    ask().then(
      () => [],
      error => [`${name}: ${hide(toFailure(error).message)}`],
    ),
  );
  return (await Promise.all(answers)).flat();
}

// A library may tell of the whole address.
function hide(message: string): string {
  return message.replace(/(:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:***@');
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.password) url.password = '***';
  return url.href;
}

/** True when it is, or can be made. */
function isWritable(folder: string): boolean {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hooksThatAreGone({ hooks }: Configuration): string[] {
  return Object.entries(hooks).flatMap(([name, { command }]) => {
    try {
      accessSync(command[0]!, constants.X_OK);
      return [];
    } catch {
      return [`hooks.${name}: ${command[0]} cannot be run by this user`];
    }
  });
}

function heartbeatDoubts({ values }: Configuration): string[] {
  const file = values['heartbeat.url-file'];
  if (file === undefined) return [];
  try {
    readAddress(file);
    return [];
  } catch (error) {
    return [toFailure(error).message];
  }
}

function describe(plan: Plan): string {
  const { hetzner } = plan;
  const token = hetzner.token_from === null ? 'none' : `from ${hetzner.token_from}`;
  const rows = [
    ['Configuration', plan.file ?? 'none: defaults and environment'],
    ['State', `${plan.state_directory}${plan.state_directory_writable ? '' : ' (cannot be written by this user)'}`],
    ['Store', plan.store],
    ...(plan.redis ? [['Redis', plan.redis]] : []),
    ['Socket', `${plan.socket}, for ${plan.who_may_connect}`],
    ['Listens', plan.listen ?? 'on the socket only'],
    ['Hetzner', hetzner.endpoint],
    ['Token', `${token}; ${hetzner.state}${hetzner.reason ? `: ${hetzner.reason}` : ''}`],
    ['Hooks', plan.hooks.join(', ') || 'none'],
    ...(plan.heartbeat ? [['Heartbeat', `to ${plan.heartbeat}`]] : []),
    ['Log', plan.log],
    ...plan.warnings.map(text => ['Warning', text]),
  ];
  return rows.map(([name = '', text = '']) => `${`${name}:`.padEnd(15)} ${text}\n`).join('');
}
