import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { openAudit } from '../../../src/core/audit/log.ts';
import { createPasswords } from '../../../src/core/auth/password.ts';
import { Failure } from '../../../src/core/failure.ts';
import { useKey } from '../../../src/core/store/key.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { Clock } from '../../../src/core/world.ts';
import { type AppOptions, createApp } from '../../../src/daemon/api/app.ts';
import type { AppTools } from '../../../src/daemon/api/environment.ts';
import { createRefusals } from '../../../src/daemon/api/refusals.ts';
import type { Request, Service } from '../../../src/daemon/api/service.ts';
import { auditService } from '../../../src/daemon/api/services/audit.ts';
import { daemonService } from '../../../src/daemon/api/services/daemon.ts';
import { jobService } from '../../../src/daemon/api/services/job.ts';
import { checkService } from '../../../src/daemon/checks/service/checks.ts';
import { maintenanceService } from '../../../src/daemon/checks/service/maintenances.ts';
import { uptimeService } from '../../../src/daemon/checks/service/uptimes.ts';
import { openSources } from '../../../src/daemon/checks/sources.ts';
import { openPeople } from '../../../src/daemon/gateway/people/find.ts';
import { permitService } from '../../../src/daemon/gateway/people/services/permit.ts';
import { roleService } from '../../../src/daemon/gateway/people/services/role.ts';
import { sessionService } from '../../../src/daemon/gateway/people/services/session.ts';
import { tokenService } from '../../../src/daemon/gateway/people/services/token.ts';
import { userService } from '../../../src/daemon/gateway/people/services/user.ts';
import { createSignIn } from '../../../src/daemon/gateway/people/sign-in.ts';
import { createSignInLimit } from '../../../src/daemon/gateway/people/sign-in-limit.ts';
import { statusPageService } from '../../../src/daemon/status-page/service.ts';
import type { Tools } from '../../../src/daemon/tools.ts';
import { newKey } from '../../core/audit/entries.ts';
import { fakeClock } from '../../helpers/clock.ts';

/** What serves requests of one listener. */
export function fetchVia(app: ReturnType<typeof createApp>, via: 'socket' | 'tcp') {
  return (request: globalThis.Request, env: object = {}) => app.fetch(request, { ...env, via });
}

export type Row = Record<string, unknown> & { id: number };

/** Items in memory under a resource's key: enough of a service to be served. */
export function memory(key: string, verbs: readonly string[] = []) {
  const rows: Row[] = [];
  const asked: { verb: string; request: Request }[] = [];
  const find = (id: number | undefined) => {
    const row = rows.find(one => one.id === id);
    if (!row) throw new Failure('not_found', `${key} with ID '${id}' not found`);
    return row;
  };
  const note =
    (verb: string, run: (request: Request) => unknown): Service[string] =>
    async request => {
      asked.push({ verb, request });
      return run(request);
    };
  const service: Record<string, Service[string]> = {
    list: note('list', () => rows),
    describe: note('describe', ({ id }) => ({ [key]: { ...find(id) } })),
    create: note('create', ({ input }) => {
      const { name } = input;
      if (rows.some(row => row.name === name)) {
        throw new Failure('refused', `${key} name is already used`, { apiCode: 'uniqueness_error' });
      }
      const row = { ...input, id: rows.length + 1, created: '2026-11-25T10:00:00Z' };
      rows.push(row);
      return { [key]: row };
    }),
    update: note('update', ({ id, input }) => ({ [key]: { ...Object.assign(find(id), input) } })),
    delete: note('delete', ({ id }) => void rows.splice(rows.indexOf(find(id)), 1)),
  };
  for (const verb of verbs) service[verb] = note(verb, ({ id }) => ({ [key]: { ...find(id), verb } }));
  return { rows, asked, service };
}

/** What a test may have otherwise. */
export interface ServedOptions extends Partial<AppOptions> {
  readonly clock?: Clock;
  readonly store?: Store;
  readonly tools?: Partial<AppTools>;
  /** Where people sign in with a browser. */
  readonly workos?: { readonly client_id: string; readonly endpoint: string };
  readonly services?: Readonly<Record<string, Service>>;
}

/** The API with a store of its own, schedules and backups in memory, and what it has logged. */
export async function openApi(options: ServedOptions = {}) {
  const { clock = fakeClock(), store = await openSqlite(':memory:') } = options;
  const logged: string[] = [];
  const write = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const stop = new AbortController();
  const audit = openAudit({ store, clock, key: newKey() });
  const queue = { wake: () => {}, counts: async () => ({ waiting: 0, active: 0, failed: 0 }) };
  const hetzner = { list: () => {}, send: async () => ({ actions: [] }), wait: async () => {} };
  const tools = {
    store,
    clock,
    audit,
    queue,
    hetzner,
    log,
    signal: stop.signal,
    refusals: createRefusals({ audit, log, clock, signal: stop.signal }),
    ...options.tools,
  } as unknown as AppTools & Tools;
  const schedule = memory('schedule', ['pause', 'resume', 'run', 'approve', 'plan']);
  const backup = memory('backup', ['hold', 'release', 'undelete', 'verify', 'restore']);
  const project = memory('project', ['rotate-token', 'remove']);
  const others = {
    alert: memory('alert', ['ack', 'silence', 'unsilence']),
    silence: memory('silence'),
    route: memory('route', ['test']),
    channel: memory('channel', ['preview', 'test', 'enable', 'disable']),
    delivery: memory('delivery', ['retry']),
    inbox: memory('inbox_message', ['read', 'clear']),
    owner: memory('owner'),
    quota: memory('quota'),
    approval: memory('approval', ['approve', 'deny']),
  };
  const passwords = createPasswords({ n: 16, r: 1, p: 1 });
  const services = {
    user: userService(tools, passwords),
    token: tokenService(tools),
    session: sessionService(tools),
    role: roleService(tools),
    permit: permitService(tools),
    schedule: schedule.service,
    backup: backup.service,
    ...Object.fromEntries(Object.entries(others).map(([name, { service }]) => [name, service])),
    check: checkService(tools, openSources(tools, { key: useKey(Buffer.alloc(32, 7)), allowed: () => [] })),
    maintenance: maintenanceService(tools),
    uptime: uptimeService(tools),
    'status-page': statusPageService(tools),
    job: jobService(tools),
    audit: auditService({ store, audit }),
    sample: memory('sample', ['history']).service,
    project: { ...project.service, add: project.service.create! },
    owner: { ...others.owner.service, transfer: others.owner.service.create! },
    quota: { ...others.quota.service, set: others.quota.service.create! },
    daemon: daemonService(tools),
    ...options.services,
  };
  const people = openPeople(tools);
  const signIn = createSignIn(tools, {
    passwords,
    limit: createSignInLimit(),
    lifetime: () => 43_200_000,
    ways: () => ({ workos: options.workos ?? null, local: true, public_url: null }),
  });
  const app = createApp(tools, services, { mask: audit.mask, people, signIn, ...options });
  onTestFinished(async () => {
    stop.abort();
    if (!options.store) await store.close();
  });

  /** One request, by default over the socket. */
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    via = 'socket',
  ) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`http://localhost${path}`, { method, body: text as string, headers });
    const answer = await fetchVia(app, via as 'socket')(request);
    const said = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(said) : said };
  }

  const entries = () => store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
  return { app, ask, entries, audit, store, clock, logged, schedule, backup, others, stop, tools };
}

/** The app behind a socket in a folder that only its owner enters. */
export async function listenOnSocket(app: Awaited<ReturnType<typeof openApi>>['app'], mode = 0o700) {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-socket-'));
  const { chmodSync } = await import('node:fs');
  chmodSync(folder, mode);
  const socket = join(folder, 'cloudctl.sock');
  const server = createAdaptorServer({ fetch: fetchVia(app, 'socket') }) as Server;
  await new Promise<void>(resolve => server.listen(socket, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  return { socket, folder, address: `unix://${socket}` };
}

/** The app behind a port of this machine. */
export async function listenOnPort(app: Awaited<ReturnType<typeof openApi>>['app'], via: 'socket' | 'tcp' = 'tcp') {
  const server = createAdaptorServer({ fetch: fetchVia(app, via) }) as Server;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
