import { Failure, toFailure } from '../../../core/failure.ts';
import { checkSettings, kindOf, settingsOf, shownSettings } from '../../../core/notify/settings.ts';
import { readTemplate } from '../../../core/notify/template.ts';
import { requireSameHost } from '../../../core/settings.ts';
import type { Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import {
  type Channel,
  inboxName,
  newChannel,
  openSettings,
  readChannel,
  readChannels,
  sealSettings,
} from '../channels.ts';
import { readRoutes } from '../routes.ts';
import type { AlertTools } from '../tools.ts';
import { preview } from './preview.ts';
import { testChannel } from './test-channel.ts';

/** What can be done with channels. */
export function channelService(tools: AlertTools): Service {
  return {
    async list() {
      const counts = await countWaiting(tools);
      return (await readChannels(tools.store)).map(row => show(row, counts.get(row.id)));
    },
    describe: async ({ id }) => answer(tools, id!),
    create: ({ input }) => create(tools, input),
    update: request => update(tools, request),
    delete: ({ id }) => remove(tools, id!),
    preview: async ({ id }) => ({ preview: preview(await readChannel(tools.store, id!), tools.clock.now()) }),
    test: async ({ id, caller, signal }) => {
      const channel = await readChannel(tools.store, id!);
      await testChannel(tools, channel, caller.requestId, signal);
      return answer(tools, channel.id);
    },
    enable: ({ id }) => turn(tools, id!, null),
    disable: ({ id, caller }) => turn(tools, id!, `by ${caller.name}`),
  };
}

async function create(tools: AlertTools, input: Request['input']): Promise<unknown> {
  const { store, clock } = tools;
  const [name, type] = [String(input.name), String(input.type)];
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u.test(name))
    throw new Failure('usage', `'${name}' is no name for a channel`, {
      hint: 'Letters, digits and . _ - with a letter or a digit first, 63 characters at most',
    });
  const kind = kindOf(type);
  if (type === 'inbox') throw new Failure('refused', 'there is one inbox, and it is there');
  const settings = checkSettings(kind, settingsOf(input));
  checkHook(tools, settings);
  const row = {
    ...newChannel({ name, type, settings: sealSettings({ name, type }, settings, tools), now: clock.now() }),
    ...sharedOf(input),
  };
  const done = await store.commit([{ query: store.db.insertInto('channels').values(row), changes: 1 }]);
  if (!done) throw new Failure('refused', `a channel has the name '${name}' already`, { apiCode: 'uniqueness_error' });
  const made = await store.db.selectFrom('channels').select('id').where('name', '=', name).executeTakeFirstOrThrow();
  return answer(tools, made.id);
}

async function update(tools: AlertTools, { id, input }: Request): Promise<unknown> {
  const channel = await readChannel(tools.store, id!);
  await write(tools, channel, { ...newSettings(tools, channel, input), ...sharedOf(input), disabled: null });
  return answer(tools, channel.id);
}

/** The settings to be kept where some are given; those that are not stay as they are. */
function newSettings(tools: AlertTools, channel: Channel, input: Request['input']): { readonly settings?: string } {
  const given = settingsOf(input);
  if (Object.keys(given).length === 0) return {};
  const kind = kindOf(channel.type);
  const before = openSettings(channel, tools);
  const settings = checkSettings(kind, { ...before, ...given });
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => given[name] === undefined));
  requireSameHost(kind.settings, kept, hostsOf(before), hostsOf(settings));
  checkHook(tools, settings);
  return { settings: sealSettings(channel, settings, tools) };
}

async function remove(tools: AlertTools, id: number): Promise<void> {
  const { store } = tools;
  const channel = await readChannel(store, id);
  if (channel.name === inboxName) throw new Failure('refused', 'the inbox cannot be deleted');
  const user = (await readRoutes(store)).find(({ spec }) =>
    [...spec.channels, ...spec.escalateTo].includes(channel.name),
  );
  if (user)
    throw new Failure('refused', `channel ${channel.name} is used by route ${user.name}`, {
      hint: `Change it first: cloudctl route update ${user.name} --channel NAME`,
    });
  await store.commit([{ query: store.db.deleteFrom('channels').where('id', '=', id) }]);
}

async function turn(tools: AlertTools, id: number, disabled: string | null): Promise<unknown> {
  const channel = await readChannel(tools.store, id);
  if (channel.name === inboxName) throw new Failure('refused', 'the inbox is always used');
  await write(tools, channel, { disabled });
  return answer(tools, id);
}

async function write({ store, clock, queue }: AlertTools, { id, name, version }: Channel, set: object): Promise<void> {
  const query = store.db.updateTable('channels').set({ ...set, version: version + 1, updated: clock.now() });
  const done = await store.commit([{ query: query.where('id', '=', id).where('version', '=', version), changes: 1 }]);
  if (!done) throw new Failure('conflict', `channel ${name} was changed meanwhile`, { hint: 'Try again' });
  queue.wake();
}

/** What is given of what all kinds have; throws `usage` for what makes no sense. */
function sharedOf({ fallback, subject, body, rate, 'max-age': maxAge }: Request['input']) {
  checkTemplate('subject', subject);
  checkTemplate('body', body);
  if (rate !== undefined && !(Number(rate) >= 1 && Number(rate) <= 1000))
    throw new Failure('usage', 'rate: give 1 to 1000 messages a minute');
  if (maxAge !== undefined && !(Number(maxAge) >= 60_000)) throw new Failure('usage', 'max-age: give a minute or more');
  return {
    ...(fallback !== undefined && { fallback: Number(fallback) }),
    ...(subject !== undefined && { subject: String(subject) || null }),
    ...(body !== undefined && { body: String(body) || null }),
    ...(rate !== undefined && { rate: Number(rate) }),
    ...(maxAge !== undefined && { max_age: Number(maxAge) }),
  };
}

function checkTemplate(name: string, text: unknown): void {
  try {
    if (typeof text === 'string') readTemplate(text);
  } catch (error) {
    const { message, hint } = toFailure(error);
    throw new Failure('usage', `${name}: ${message}`, { hint });
  }
}

/** Where a channel sends to. */
function hostsOf({ url, host }: Readonly<Record<string, unknown>>): readonly string[] {
  return [...(url === undefined ? [] : [new URL(String(url)).host]), ...(host === undefined ? [] : [String(host)])];
}

function checkHook({ settings: { hooks } }: AlertTools, { hook }: Readonly<Record<string, unknown>>): void {
  if (hook === undefined || hooks.includes(String(hook))) return;
  throw new Failure('usage', `no hook has the name '${hook}'`, {
    hint: hooks.length > 0 ? `The configuration has: ${hooks.join(', ')}` : 'The configuration of the daemon has none',
  });
}

interface Counts {
  readonly waiting: number;
  readonly dead: number;
}

async function countWaiting({ store }: AlertTools): Promise<Map<number, Counts>> {
  const rows = await store.db
    .selectFrom('deliveries')
    .select(({ fn }) => ['channel_id', 'state', fn.countAll<number>().as('count')])
    .where('state', 'in', ['waiting', 'sending', 'dead'])
    .groupBy(['channel_id', 'state'])
    .execute();
  const counts = new Map<number, Counts>();
  for (const { channel_id, state, count } of rows) {
    const { waiting = 0, dead = 0 } = counts.get(channel_id) ?? {};
    const n = Number(count);
    counts.set(channel_id, state === 'dead' ? { waiting, dead: dead + n } : { waiting: waiting + n, dead });
  }
  return counts;
}

async function answer(tools: AlertTools, id: number): Promise<unknown> {
  const counts = await countWaiting(tools);
  return { channel: show(await readChannel(tools.store, id), counts.get(id)) };
}

function show(row: Channel, { waiting, dead }: Counts = { waiting: 0, dead: 0 }): Record<string, unknown> {
  const { id, name, type, subject, body, rate, max_age, disabled, error } = row;
  return {
    ...{ id, name, type, settings: shownSettings(kindOf(type), JSON.parse(row.settings) as object as never) },
    ...{ fallback: row.fallback === 1, subject, body, rate, max_age, disabled, error, waiting, dead },
    ...{ failing_since: timeOf(row.failing_since), sent: timeOf(row.sent) },
    ...{ created: timeOf(row.created), updated: timeOf(row.updated) },
  };
}
