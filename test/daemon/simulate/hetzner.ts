import type { Action, Api, Method, Query } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Image, Server, ServerType } from '../../../src/core/hetzner/types.ts';
import { matcherOf } from './selector.ts';

/** How a call goes; `late` has its effect that many milliseconds after its answer was given up. */
export interface Fate {
  readonly before?: Failure;
  readonly after?: Failure;
  readonly late?: number;
}

/** What the stand-in asks of the one who drives it. */
export interface Driver {
  /** Milliseconds since the epoch, Hetzner's clock. */
  now(): number;
  /** What becomes of a call, asked before it is carried out. */
  fate(method: Method, path: string): Fate;
  /** Called after the effect of each call. */
  after(method: Method, path: string): void;
  /** How long an image takes in milliseconds, and whether it fails or vanishes. */
  imaging(): { readonly takes: number; readonly end: 'good' | 'error' | 'vanish' };
  /** Throws when something is done that must never be. */
  inspect(method: Method, path: string, body: unknown): Promise<void>;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Running = Draft<Action> & { readonly ends: number; readonly end: (now: number) => void };

/** A project in memory that answers as Hetzner does, as far as backups need it. */
export interface Project extends Api {
  readonly servers: Map<number, Server>;
  readonly images: Map<number, Image>;
  /** True while the token may only read. */
  readOnly: boolean;
  /** Lets what is due have happened. */
  settle(): void;
  /** When something happens by itself next. */
  nextChange(): number;
  addServer(name: string, labels?: Record<string, string>): Server;
}

const types = [serverType(1, 'cx23', 40, '0.0060'), serverType(2, 'cx33', 80, '0.0100')];

/** A new project. */
export function openProject(driver: Driver): Project {
  const servers = new Map<number, Server>();
  const images = new Map<number, Image>();
  const actions = new Map<number, Running>();
  const open = new Set<Running>();
  let late: { at: number; run: () => unknown }[] = [];
  let lastId = 1000;
  const id = () => ++lastId;
  const iso = (time: number) => new Date(time).toISOString();

  function begin(command: string, resources: Action['resources'], takes: number, end: (now: number) => void): Action {
    const action: Running = {
      ...{ id: id(), command, status: 'running', progress: 0, started: iso(driver.now()), finished: null },
      ...{ resources, error: null, ends: driver.now() + takes, end },
    };
    actions.set(action.id, action);
    open.add(action);
    return shown(action);
  }

  function lock(server: Server): void {
    if (server.locked) throw new Failure('conflict', 'server is locked', { apiCode: 'locked' });
  }

  const power: Record<string, { takes: number; from: string; to: string }> = {
    shutdown: { takes: 20_000, from: 'running', to: 'off' },
    poweroff: { takes: 3_000, from: 'running', to: 'off' },
    poweron: { takes: 8_000, from: 'off', to: 'running' },
    rebuild: { takes: 60_000, from: 'running', to: 'running' },
  };

  function act(server: Server, command: string, body: Record<string, unknown>): unknown {
    lock(server);
    const resources = [{ id: server.id, type: 'server' }];
    if (command === 'create_image') return imageOf(server, body);
    const { takes, from, to } = power[command]!;
    if (server.status !== from) return { action: shown(begin(command, resources, 0, () => {})) };
    server.locked = true;
    const action = begin(command, resources, takes, () => {
      server.locked = false;
      server.status = to;
    });
    return { action };
  }

  function imageOf(server: Server, body: Record<string, unknown>): unknown {
    const { takes, end } = driver.imaging();
    const image: Image = {
      ...{ id: id(), type: 'snapshot', status: 'creating', name: null, description: String(body.description) },
      ...{ image_size: null, disk_size: server.primary_disk_size, created: iso(driver.now()) },
      ...{ created_from: { id: server.id, name: server.name }, bound_to: null, os_flavor: 'debian', os_version: '13' },
      ...{ protection: { delete: false }, deleted: null, labels: { ...(body.labels as object) }, architecture: 'x86' },
    };
    images.set(image.id, image);
    server.locked = true;
    const resources = [
      { id: server.id, type: 'server' },
      { id: image.id, type: 'image' },
    ];
    const action = begin('create_image', resources, takes, () => {
      server.locked = false;
      if (end !== 'good') images.delete(image.id);
      image.status = 'available';
      image.image_size = 1 + (image.id % 7) / 2;
    });
    const running = actions.get(action.id)!;
    if (end === 'error') running.error = { code: 'action_failed', message: 'it failed' };
    return { image: { ...image }, action };
  }

  function makeServer(body: Record<string, unknown>): unknown {
    if ([...servers.values()].some(({ name }) => name === body.name)) {
      throw new Failure('refused', 'name is taken', { apiCode: 'uniqueness_error' });
    }
    const server = add(String(body.name), body.labels as Record<string, string>);
    server.status = 'initializing';
    const action = begin('create_server', [{ id: server.id, type: 'server' }], 30_000, () => {
      server.status = 'running';
    });
    return { server: { ...server }, action };
  }

  function add(name: string, labels: Record<string, string> = {}): Server {
    const server = {
      ...{ id: id(), name, status: 'running', created: iso(driver.now()), labels, locked: false, volumes: [] },
      ...{ primary_disk_size: 40, protection: { delete: false, rebuild: false } },
      ...{ server_type: types[0], location: { name: 'fsn1' } },
    } as unknown as Server;
    servers.set(server.id, server);
    return server;
  }

  function carryOut(method: Method, path: string, body: Record<string, unknown>): unknown {
    const [kind, ref, , command] = path.split('/');
    if (path === 'pricing') {
      return { pricing: { currency: 'EUR', image: { price_per_gb_month: { net: '0.0100', gross: '0.0119' } } } };
    }
    if (path === 'servers' && method === 'POST') return makeServer(body);
    const number = Number(ref);
    if (kind === 'actions') return { action: shown(need(actions, number)) };
    if (kind === 'servers') {
      const server = need(servers, number);
      if (command) return act(server, command, body);
      if (method === 'GET') return { server: { ...server } };
      servers.delete(number);
      return { action: begin('delete_server', [], 0, () => {}) };
    }
    const image = need(images, number);
    if (method === 'PUT') image.labels = { ...(body.labels as Record<string, string>) };
    if (method === 'DELETE') {
      if (image.protection.delete) throw new Failure('refused', 'image is protected', { apiCode: 'protected' });
      images.delete(number);
      return undefined;
    }
    return { image: { ...image, labels: { ...image.labels } } };
  }

  function settle(): void {
    const now = driver.now();
    const landed = late.filter(({ at }) => at <= now);
    late = late.filter(({ at }) => at > now);
    for (const { run } of landed) {
      try {
        run();
      } catch {
        // A late request is turned down like any other, and nobody hears of it.
      }
    }
    for (const action of open) {
      if (action.ends > now) continue;
      open.delete(action);
      action.status = action.error ? 'error' : 'success';
      action.progress = 100;
      action.finished = iso(now);
      action.end(now);
    }
  }

  function guard(method: Method): void {
    if (method !== 'GET' && project.readOnly) {
      throw new Failure('forbidden', 'token is read-only', { apiCode: 'token_readonly' });
    }
  }

  const project: Project = {
    servers,
    images,
    readOnly: false,
    settle,
    nextChange: () => Math.min(...[...open].map(({ ends }) => ends), ...late.map(({ at }) => at)),
    addServer: add,
    list: <T, K = T>(path: string, query: Query = {}) =>
      rowsOf<K>(() => {
        const { before } = driver.fate('GET', path);
        if (before) throw before;
        settle();
        driver.after('GET', path);
        if (path === 'server_types') return types as unknown as K[];
        const matches = matcherOf(String(query.label_selector ?? ''));
        const found: (Image | Server)[] = [];
        for (const row of (path === 'images' ? images : servers).values()) {
          // Labels are replaced, never changed.
          if (matches(row.labels)) found.push(copyOf(row));
        }
        return found as unknown as K[];
      }),
    async send<T>(method: Method, path: string, body: unknown = {}): Promise<T> {
      const { before, after, late: delay } = driver.fate(method, path);
      if (before) throw before;
      settle();
      guard(method);
      if (delay !== undefined) {
        late.push({ at: driver.now() + delay, run: () => carryOut(method, path, body as Record<string, unknown>) });
        throw after ?? new Failure('timeout', 'no answer in time', { ambiguous: true });
      }
      await driver.inspect(method, path, body);
      const answer = carryOut(method, path, body as Record<string, unknown>);
      driver.after(method, path);
      if (after) throw after;
      return answer as T;
    },
    async wait() {
      throw new Error('the daemon does not wait');
    },
  };
  return project;
}

/** Rows that are read when the first one is asked for. A generator would take several turns a row. */
function rowsOf<T>(read: () => readonly T[]): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      let rows: Iterator<T, undefined> | undefined;
      return {
        async next() {
          rows ??= read().values();
          return rows.next();
        },
      };
    },
  };
}

/** What is held of an answer does not change with the project. Most images are as they were when they were last listed. */
function copyOf(row: Image | Server): Image | Server {
  const known = copies.get(row);
  if (known && 'image_size' in row && isLike(known as Image, row)) return known;
  const copy = { ...row };
  copies.set(row, copy);
  return copy;
}

function isLike(known: Image, { status, image_size, labels, protection }: Image): boolean {
  return (
    known.status === status &&
    known.image_size === image_size &&
    known.labels === labels &&
    known.protection === protection
  );
}

const copies = new WeakMap<Image | Server, Image | Server>();

function need<T>(map: ReadonlyMap<number, T>, id: number): T {
  const found = map.get(id);
  if (found) return found;
  throw new Failure('not_found', `${id} not found`, { apiCode: 'not_found' });
}

function shown({ id, command, status, progress, started, finished, resources, error }: Action): Action {
  return { id, command, status, progress, started, finished, resources, error: status === 'error' ? error : null };
}

function serverType(id: number, name: string, disk: number, hourly: string): ServerType {
  const price = { net: hourly, gross: hourly };
  const prices = [{ location: 'fsn1', price_hourly: price, price_monthly: price }];
  return { id, name, disk, architecture: 'x86', prices } as unknown as ServerType;
}
