import { Failure } from '../../../core/failure.ts';
import type { Item } from '../../../core/resource.ts';
import type { QuotaType } from '../../../core/resources/quota.ts';
import type { Step } from '../../../core/store/store.ts';
import type { Clock } from '../../../core/world.ts';
import { type Ask, askerOf, notFound } from '../ask.ts';
import { keyOfItem } from '../collections.ts';
import type { Quotas } from '../limits.ts';
import { ownerOf } from '../view.ts';
import { type Claims, claiming, readClaims, releasing } from './claims.ts';
import { type HoldingTools, readHoldings } from './holdings.ts';
import { measures } from './measures.ts';
import { exceeded, type Limit, limitsOf, standing, usageOf } from './usage.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** What quotas are kept with. */
export interface QuotaTools extends HoldingTools {
  readonly clock: Pick<Clock, 'now'>;
}

/** So long a reservation counts where it is not known what came of it: a create until it is intended, a change until it shows. Milliseconds. */
const untilIntended = 60_000;
const untilShown = 600_000;
/** As often as others may be quicker in a row. */
const attempts = 200;

/** A request that counts, as far as it is read. */
interface Asked {
  readonly ask: Ask;
  readonly owner: string;
  readonly request: string | undefined;
  readonly wanted: readonly Wanted[];
  readonly limits: readonly Limit[];
}

/** Quotas of a store, on which several daemons may work: room is reserved before anything is made, and of two that have counted at once one counts again. */
export function openQuotas(tools: QuotaTools): Quotas {
  return {
    async require(ask, body, target, request) {
      const owner = await ownerFor(tools, ask, target);
      const limits = limitsOf(await readQuotas(tools, owner), owner);
      if (limits.length === 0) return [];
      const wanted = await wantedOf(ask.match, body, target, (collection, value) => findType(ask, collection, value));
      const types = new Set(wanted.map(({ type }) => type));
      const meant = limits.filter(({ type }) => measures[type].of.some(of => types.has(of)));
      return meant.length === 0 ? [] : reserve(tools, { ask, owner, request, wanted, limits: meant });
    },
  };
}

/** Takes the room, or throws; the writes that give it back. */
async function reserve(tools: QuotaTools, asked: Asked): Promise<readonly Step[]> {
  const { store, clock } = tools;
  const { ask, owner, request, wanted } = asked;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const claims = await readClaims(store, owner);
    // Nothing is refused by what is old.
    const wrong = (await findWrong(tools, asked, claims, false)) && (await findWrong(tools, asked, claims, true));
    if (wrong) throw usedUp(owner, wrong);
    const now = clock.now();
    const until = now + (request === undefined ? untilShown : untilIntended);
    const claim = { owner, project: ask.upstream.project.id, request: request ?? null, wanted, until, now };
    if (await store.commit(claiming(store, claims.newest, claim))) {
      // What is made gives it back by its intent.
      return request === undefined ? [releasing(store, owner, claims.newest + 1)] : [];
    }
  }
  throw new Failure('conflict', `too much is asked for at once by ${owner}`, { hint: 'Try again' });
}

interface Wrong extends Limit {
  readonly used: number;
  readonly asked: number;
}

async function findWrong(tools: QuotaTools, asked: Asked, claims: Claims, fresh: boolean): Promise<Wrong | undefined> {
  const { ask, owner, request, wanted, limits } = asked;
  const project = ask.upstream.project.id;
  // Tried again with the same label it is the same thing, not one more.
  const others = claims.reservations.filter(one => request === undefined || one.request !== request);
  const makers = others.flatMap(one => (one.request === null ? [] : one.wanted.slice(0, 1).map(({ type }) => type)));
  const types = limits.map(({ type }) => type);
  const collections = [...new Set([...types.flatMap(type => measures[type].of), ...makers])];
  const wish = { owner, collections, project, isPriced: types.includes('monthly_cost'), fresh };
  const { owned, at, pricing } = await readHoldings(tools, askerOf(ask, 'read'), wish);
  const reserved = standing(others, owned, tools.clock.now(), at);
  const before = usageOf(types, owned, reserved, pricing);
  const after = usageOf(types, owned, [...reserved, { project, wanted }], pricing);
  const limit = exceeded(limits, before, after);
  return limit && { ...limit, used: before.get(limit.type)!, asked: after.get(limit.type)! - before.get(limit.type)! };
}

function usedUp(owner: string, { type, most, used, asked }: Wrong): Failure {
  const more = Math.round(asked * 10_000) / 10_000;
  return new Failure(
    'refused',
    `the quota of ${owner} allows ${wordOf(type)} ${most}: ${used} are used, ${more} more are asked for`,
    {
      apiCode: 'resource_limit_exceeded',
      details: { limits: [{ name: type }] },
      hint: 'Delete what is not needed, or ask an administrator: cloudctl quota list',
    },
  );
}

function wordOf(type: QuotaType): string {
  return type.replaceAll('_', ' ');
}

/** Whose quota it is: that of who will own it, or owns it. */
async function ownerFor({ ownership }: QuotaTools, ask: Ask, target: Item | undefined): Promise<string> {
  const { match, principal, upstream } = ask;
  // An image is its maker's, whosever the server is.
  if (!target || match.operation.counts === 'one') return principal.owner;
  return ownerOf(await ownership.read(), upstream.project.id, match.type, target) ?? principal.owner;
}

/** The quotas that may hold for an owner. */
export function readQuotas({ store }: Pick<QuotaTools, 'store'>, owner: string) {
  return store.db.selectFrom('quotas').selectAll().where('owner', 'in', [owner, '*']).execute();
}

async function findType(ask: Ask, collection: string, value: unknown): Promise<Item> {
  const { items } = await ask.upstream.reader.all(collection, askerOf(ask, 'read'));
  const found = items.find(item => String(item.id) === String(value)) ?? items.find(item => item.name === value);
  if (!found) throw notFound(keyOfItem(collection).replaceAll('_', ' '));
  return found;
}
