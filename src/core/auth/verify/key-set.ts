import type { KeyObject } from 'node:crypto';
import type { Clock, Transport } from '../../world.ts';
import { fetchKeys, type Keys, noKeys } from './fetch-keys.ts';

/** Milliseconds that a fetched set counts as the issuer's present one: so long may a dropped key still verify. */
const fresh = 10 * 60_000;

/** Milliseconds that a set is used while the issuer does not give a newer one. */
const outage = 24 * 3_600_000;

/** Milliseconds between requests, whatever key ids tokens name; less while there is nothing to verify with. */
const pause = { usual: 30_000, empty: 5000 };

/** The issuer's present keys. */
export interface KeySet {
  /** The key with that id; undefined when the issuer has none. Rejects with `unreachable` when that cannot be known. */
  find(kid: string): Promise<KeyObject | undefined>;
}

/** Keeps the keys published at one address. They are asked for when a set is 10 minutes old or a key id is not in it, all callers sharing one request, at most one in 30 s (5 s without keys). When the issuer is out, keys that it gave go on for 24 hours; an id that is not among them is then `unreachable`, since it may be a new key's. */
export function createKeySet(url: URL, http: Transport, clock: Clock): KeySet {
  let held: { readonly keys: Keys; readonly at: number } | undefined;
  let askedAt: number | undefined;
  let asking: Promise<void> | undefined;
  let failure: unknown;

  // A clock that was set back makes a time lie ahead: far from now is far from now.
  const isWithin = (at: number | undefined, span: number) => at !== undefined && Math.abs(clock.now() - at) < span;
  const isUsable = () => isWithin(held?.at, outage);

  async function load(at: number): Promise<void> {
    try {
      const keys = await fetchKeys(url, http);
      held = { keys, at };
      failure = keys.size > 0 ? undefined : noKeys(`${url.host} has none for RS256`);
    } catch (error) {
      failure = error;
    }
    asking = undefined;
  }

  async function ask(): Promise<void> {
    if (!asking && !isWithin(askedAt, isUsable() ? pause.usual : pause.empty)) {
      askedAt = clock.now();
      asking = load(askedAt);
    }
    await asking;
  }

  return {
    async find(kid) {
      if (!isWithin(held?.at, fresh) || !held?.keys.has(kid)) await ask();
      const key = isUsable() ? held?.keys.get(kid) : undefined;
      if (!key && failure !== undefined) throw failure;
      return key;
    },
  };
}
