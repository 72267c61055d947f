import { randomBytes } from 'node:crypto';
import type { Budget } from '../../../core/hetzner/pace.ts';
import type { StoreKey } from '../../../core/store/key.ts';
import type { Clock } from '../../../core/world.ts';
import { type Command, openRedisLine, type RedisLineOptions } from './redis-line.ts';
import { openBudget, openReading, sealBudget, sealReading } from './sealed.ts';
import type { Project, SharedReading, Urgency } from './upstream.ts';

export interface SharedOptions extends RedisLineOptions {
  /** What the daemons of one store have in common, and no others. */
  readonly prefix: string;
  /** The key of the store. */
  readonly key: Pick<StoreKey, 'seal' | 'open'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What the daemons of one store have in common, in Redis. Where it is away, slow or has nonsense, each of them goes by itself, which is no error. */
export interface Shared {
  of(project: Project): SharedProject;
  /** Tells what could not be told before; to be done again and again. */
  settle(): Promise<void>;
  close(): void;
}

/** What there is of a collection. */
export interface Found {
  readonly found?: SharedReading | undefined;
  /** No other daemon is reading it, and none begins to. */
  readonly isClaimed?: boolean;
}

/** What they have in common of one project. */
export interface SharedProject {
  /** The epoch of a collection, which is another one after each change; undefined where nobody knows. */
  epoch(collection: string): Promise<string | undefined>;
  /** Begins new epochs; resolves when the others see them, or cannot. */
  raise(collections: readonly string[]): Promise<void>;
  /** What a daemon has read in that epoch; unless one is reading it as urgently, it is this one's to read until it is released. */
  find(collection: string, epoch: string, urgency: Urgency): Promise<Found>;
  release(collection: string, epoch: string, urgency: Urgency): Promise<void>;
  /** Keeps for so many milliseconds what was read by a reading that began in that epoch. */
  put(collection: string, epoch: string, reading: SharedReading, life: number): Promise<void>;
  /** What Hetzner has told a daemon last of the project's requests. */
  budget(): Promise<Budget | undefined>;
  tellBudget(budget: Budget): Promise<void>;
}

/** Seconds that an epoch is kept after a change, and a budget: a new epoch does no harm, and after an hour the bucket is full. */
const [day, hour] = [86_400, 3_600];
/** Milliseconds after which a daemon that reads is not waited for any more. */
const claimed = 3_000;

/** Connects to Redis. */
export async function openShared({ prefix, key, ...options }: SharedOptions): Promise<Shared> {
  const line = await openRedisLine(options);

  function of({ id, endpoint }: Project): SharedProject {
    const root = `${prefix}:project:${id}`;
    const nameOf = (what: string) => `${what} of project ${id} at ${endpoint}`;
    const epochKey = (collection: string) => `${root}:epoch:${collection}`;
    const claimKey = (collection: string, epoch: string, urgency: Urgency) =>
      `${root}:reading:${urgency}:${collection}:${epoch}`;
    const pictureKey = (collection: string, epoch: string) => `${root}:picture:${collection}:${epoch}`;
    const pictureName = (collection: string, epoch: string) => nameOf(`${collection} in epoch ${epoch}`);
    const one = async (...command: Command) => (await line.ask([command]))?.[0];

    return {
      async epoch(collection) {
        const get: Command = ['get', epochKey(collection)];
        const begin: Command = ['set', epochKey(collection), newEpoch(), 'EX', day, 'NX'];
        const known = await one(...get);
        const epoch = known === null ? (await line.ask([begin, get]))?.[1] : known;
        return typeof epoch === 'string' ? epoch : undefined;
      },
      raise: collections =>
        line.owe(collections.map(collection => ['set', epochKey(collection), newEpoch(), 'EX', day])),
      async find(collection, epoch, urgency) {
        // Claimed first: what another one has read is there before it releases its claim.
        const claim: Command = ['set', claimKey(collection, epoch, urgency), 1, 'PX', claimed, 'NX'];
        const answers = await line.ask([claim, ['get', pictureKey(collection, epoch)]]);
        if (!answers) return { isClaimed: true };
        const [answer, sealed] = answers;
        return { found: await openReading(key, pictureName(collection, epoch), sealed), isClaimed: answer !== null };
      },
      async release(collection, epoch, urgency) {
        await one('del', claimKey(collection, epoch, urgency));
      },
      async put(collection, epoch, reading, life) {
        const sealed = await sealReading(key, pictureName(collection, epoch), reading);
        if (sealed !== undefined) await one('set', pictureKey(collection, epoch), sealed, 'PX', Math.ceil(life));
      },
      async budget() {
        return openBudget(key, nameOf('budget'), await one('get', `${root}:budget`));
      },
      async tellBudget(budget) {
        await one('set', `${root}:budget`, sealBudget(key, nameOf('budget'), budget), 'EX', hour);
      },
    };
  }

  return { of, settle: line.settle, close: line.close };
}

/** A name that was never given before, rather than a count: one that begins anew after Redis was emptied would come to numbers of old. */
function newEpoch(): string {
  return randomBytes(12).toString('base64url');
}
