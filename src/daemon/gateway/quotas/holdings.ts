import type { Pricing } from '../../../core/hetzner/types.ts';
import type { Store } from '../../../core/store/store.ts';
import type { Ownership } from '../ownership.ts';
import type { Asker, Upstreams } from '../upstream/upstream.ts';
import { ownerOf } from '../view.ts';
import type { Owned } from './usage.ts';

/** What it takes to see what owners have. */
export interface HoldingTools {
  readonly store: Store;
  readonly ownership: Ownership;
  readonly upstreams: Upstreams;
}

/** What an owner has. */
export interface Holdings {
  readonly owned: readonly Owned[];
  /** When the oldest of the pictures was read; undefined where all were read for this. */
  readonly at: number | undefined;
  readonly pricing: Pricing | undefined;
}

/** What is wanted to be known. */
export interface Wish {
  readonly owner: string;
  /** Paths of collections. */
  readonly collections: readonly string[];
  /** A project that is asked in any case; the others are those in which the owner has something. */
  readonly project?: number;
  readonly isPriced: boolean;
  readonly fresh: boolean;
}

/** Reads what an owner has in all projects; rejects when one of them cannot be asked, since what is not seen is not nothing. */
export async function readHoldings(tools: HoldingTools, asker: Asker, wish: Wish): Promise<Holdings> {
  const { owner, collections, project, fresh, isPriced } = wish;
  const ids = new Set([...(await projectsOf(tools, owner)), ...(project === undefined ? [] : [project])]);
  const upstreams = [...ids].flatMap(id => tools.upstreams.find(id) ?? []);
  const read = upstreams.flatMap(({ project: { id }, reader }) =>
    collections.map(async type => ({ id, type, ...(await reader.all(type, asker, { fresh })) })),
  );
  const pricing = isPriced ? upstreams[0]?.reader.get('pricing', asker) : undefined;
  const pictures = await Promise.all(read);
  // After the pictures: whose something is was entered before it could be seen in them.
  const belongings = await tools.ownership.read();
  return {
    owned: pictures.flatMap(({ id, type, items }) =>
      items.filter(item => ownerOf(belongings, id, type, item) === owner).map(item => ({ project: id, type, item })),
    ),
    at: fresh ? undefined : Math.min(...pictures.map(({ at }) => at)),
    pricing: ((await pricing)?.body as { readonly pricing?: Pricing } | undefined)?.pricing,
  };
}

async function projectsOf({ store }: HoldingTools, owner: string): Promise<readonly number[]> {
  const own = store.db.selectFrom('ownerships').select('project_id').distinct();
  const rows = await own.where('owner', '=', owner).where('closed', 'is', null).execute();
  return rows.map(row => row.project_id);
}
