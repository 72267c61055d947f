import { Failure } from '../../core/failure.ts';
import { kindOf } from '../../core/notify/settings.ts';
import { openSecrets, sealSecrets } from '../../core/settings.ts';
import type { Store } from '../../core/store/store.ts';
import type { ChannelRow } from '../../core/store/tables.ts';
import type { AlertTools } from './tools.ts';

/** A row with the id that the store gave it. */
export type Channel = Omit<ChannelRow, 'id'> & { readonly id: number };

/** The channel that is always there. */
export const inboxName = 'inbox';

export const usual = { rate: 30, maxAge: 3_600_000 } as const;

/** Has the inbox be there. */
export async function ensureInbox({ store, clock }: Pick<AlertTools, 'store' | 'clock'>): Promise<void> {
  const row = newChannel({ name: inboxName, type: inboxName, settings: '{}', now: clock.now() });
  await store.commit([{ query: store.db.insertInto('channels').values(row), changes: 'any' }]);
}

/** A channel as it begins. */
export function newChannel(given: {
  readonly name: string;
  readonly type: string;
  readonly settings: string;
  readonly now: number;
}) {
  const { now, ...named } = given;
  return {
    ...named,
    ...{ fallback: 0, subject: null, body: null, rate: usual.rate, max_age: usual.maxAge, disabled: null },
    ...{ allowance: usual.rate, allowed_at: now, failing_since: null, told: 0, error: null, sent: null },
    ...{ version: 1, created: now, updated: now },
  };
}

/** All channels, by their ids. */
export function readChannels({ db }: Store): Promise<Channel[]> {
  return db.selectFrom('channels').selectAll().orderBy('id').execute();
}

/** One channel; throws `not_found`. */
export async function readChannel({ db }: Store, id: number): Promise<Channel> {
  const row = await db.selectFrom('channels').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `channel not found: ${id}`, { hint: 'cloudctl channel list' });
}

/** The settings in clear; throws `unexpected` where a secret cannot be opened. */
export function openSettings({ name, type, settings }: Channel, { key }: Pick<AlertTools, 'key'>) {
  return openSecrets(kindOf(type).settings, JSON.parse(settings), `channel ${name}`, key);
}

/** The settings as they are kept. */
export function sealSettings(
  { name, type }: Pick<Channel, 'name' | 'type'>,
  settings: Readonly<Record<string, unknown>>,
  { key }: Pick<AlertTools, 'key'>,
): string {
  return JSON.stringify(sealSecrets(kindOf(type).settings, settings, `channel ${name}`, key));
}
