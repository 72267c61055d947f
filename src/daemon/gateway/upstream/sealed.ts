import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { asObject } from '../../../core/hetzner/call.ts';
import type { Budget } from '../../../core/hetzner/pace.ts';
import type { Item } from '../../../core/resource.ts';
import type { StoreKey } from '../../../core/store/key.ts';
import type { SharedReading } from './upstream.ts';

// What stands in Redis is sealed with the key of the store, as tokens are in the store: Redis often has no password, and
// its dumps lie about. A list tells the addresses of everybody's servers, and decides what is whose and what may be done;
// who can only read Redis shall not see it, and who can write there shall not forge it. The name binds it to project,
// collection and epoch, so that one is not taken for another. What is old can be put back, but is of an epoch that has
// passed, or as old as it says.

type Sealer = Pick<StoreKey, 'seal' | 'open'>;

/** Characters of a list that are worth the way to Redis and back; longer ones each daemon reads by itself. */
const most = 8 * 1024 * 1024;
const [shrink, grow] = [promisify(gzip), promisify(gunzip)];

/** A reading as it may stand in Redis; undefined where it is too large. */
export async function sealReading(key: Sealer, name: string, reading: SharedReading): Promise<string | undefined> {
  const text = JSON.stringify(reading);
  if (text.length > most) return undefined;
  return key.seal((await shrink(text, { level: 1 })).toString('base64'), name);
}

/** The reading; undefined for what no daemon of the store has sealed under that name. */
export async function openReading(key: Sealer, name: string, sealed: unknown): Promise<SharedReading | undefined> {
  try {
    const bytes = await grow(Buffer.from(openText(key, name, sealed), 'base64'));
    const { items, version, pages, at } = asObject(JSON.parse(bytes.toString('utf8')));
    const isWhole = Array.isArray(items) && typeof version === 'string' && isCount(pages) && isCount(at);
    return isWhole ? { items: items as readonly Item[], version, pages, at } : undefined;
  } catch {
    return undefined;
  }
}

/** A budget as it may stand in Redis. */
export function sealBudget(key: Sealer, name: string, { limit, left, at }: Budget): string {
  return key.seal(JSON.stringify({ limit, left, at }), name);
}

/** The budget; undefined for what no daemon of the store has sealed under that name. */
export function openBudget(key: Sealer, name: string, sealed: unknown): Budget | undefined {
  try {
    const { limit, left, at } = asObject(JSON.parse(openText(key, name, sealed)));
    const isWhole = isCount(limit) && limit > 0 && isCount(left) && isCount(at);
    return isWhole ? { limit, left, at, next: 0 } : undefined;
  } catch {
    return undefined;
  }
}

function openText(key: Sealer, name: string, sealed: unknown): string {
  return key.open(String(sealed), name);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}
