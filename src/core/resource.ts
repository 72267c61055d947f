import type { Action, Api, Method, Query, Reading } from './api.ts';
import type { Fields, Input } from './field.ts';
import { type Identity, identities, type ResourceName } from './resources/identities.ts';
import type { Clock } from './world.ts';

/** One object of the API: what is not named here passes through untouched. */
// biome-ignore lint/suspicious/noExplicitAny: objects of the API carry fields that this program does not know.
export type Item = { readonly id: number; readonly [key: string]: any };

/** One value in a table; a Date is shown as an age on a terminal. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | undefined
  | Date
  | readonly string[]
  | Readonly<Record<string, string>>;

/** What the object of that id is called, or the id where its name is not known. */
export type Names = (resource: ResourceName, id: number) => string;

export type Column<T = Item> = (item: T, names: Names) => Cell;

/** What a call left behind: the API's answer without its actions, and the actions that go on. */
export interface Outcome {
  readonly value?: unknown;
  readonly actions?: readonly Action[];
  /** What remains to be sent once the actions have ended. */
  readonly next?: () => Promise<Outcome>;
}

export interface Call<F extends Fields = Fields, T extends Item = Item> {
  readonly api: Api;
  readonly resource: Resource;
  /** The target; for verbs of no item (create, list) an empty object. */
  readonly item: T;
  readonly input: Input<F>;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** For lists: what is held of each row has the id and the name at least. */
  readonly reading?: Reading<Item>;
  /** Reads a file that a flag names; `-` is standard input. Throws `usage` when it cannot. */
  readonly readFile: (path: string) => Promise<Buffer>;
}

/** What a verb does to the world: fixes its targets, its flags and whether it can be rehearsed. */
export type Kind = 'list' | 'describe' | 'create' | 'change' | 'delete';

/** A request of a resource: the path is below the resource's own, with `:id` for the item; empty for the resource itself. */
export interface Operation {
  readonly method: Method;
  readonly path: string;
}

export interface Verb<F extends Fields = Fields, T extends Item = Item> {
  readonly kind: Kind;
  readonly summary: string;
  readonly fields: F;
  /** Command lines after `cloudctl <resource> <verb> `; where absent one is made from the fields. */
  readonly examples?: readonly string[];
  /** A body of its request, by the keys, where not every field goes with every other. */
  readonly sample?: Readonly<Record<string, unknown>>;
  /** What of the item is lost for good or goes on costing, a sentence each; a verb that has it asks first, unless it gives undefined. */
  readonly loses?: (item: T, input: Readonly<Record<string, unknown>>) => readonly string[] | undefined;
  /** Other resources of which it makes or deletes items. */
  readonly affects?: readonly ResourceName[];
  /** The one request that it is, where it is one. */
  readonly operation?: Operation;
  /** Neither prints nor waits. */
  readonly run: (call: Call<F, T>) => Promise<Outcome>;
}

export interface Declaration<T extends Item = Item> {
  /** Part of every list's query: snapshots are images of one type. */
  readonly query?: Query;
  /** The key a person knows an item by; `name` where absent. */
  readonly nameKey?: string;
  readonly columns: Readonly<Record<string, Column<T>>>;
  readonly defaults: readonly string[];
  /** Shown by `-o wide` after the defaults. */
  readonly wide?: readonly string[];
  /** Fields that the API sorts by; by others the list is sorted here. */
  readonly sortable: readonly string[];
  /** The order of the list where none is asked for; by id where absent and the API can. */
  readonly order?: readonly string[];
  /** Its items have no labels: none is chosen by a selector. */
  readonly unlabelled?: boolean;
  /** What an item of the daemon's own has, by its keys, for the description of its API; `required` ones are never null. */
  readonly item?: Fields;
  /** Columns whose cells are names of other resources, which have to be asked for. */
  readonly lookups?: Readonly<Record<string, ResourceName>>;
  // biome-ignore lint/suspicious/noExplicitAny: each verb has fields of its own.
  readonly verbs: Readonly<Record<string, Verb<any, any>>>;
}

export interface Resource<T extends Item = Item> extends Declaration<T>, Identity {
  readonly name: ResourceName;
}

/** A resource from its data. */
export function resource<T extends Item>(name: ResourceName, declaration: Declaration<T>): Resource<T> {
  return { name, ...identities[name], ...declaration };
}

/** Declares a verb; the fields' types fix those of its input. */
export function verb<const F extends Fields, T extends Item = Item>(declared: Verb<F, T>): Verb<F, T> {
  return declared;
}

/** What a person calls the item: its name (a snapshot's description), or its id. */
export function nameOf(resource: Pick<Declaration, 'nameKey'>, item: Item): string {
  return String(item[resource.nameKey ?? 'name'] || item.id);
}
