import type { Price } from '../hetzner/types.ts';
import { parseCron, periodOf } from './cron.ts';
import { closedGates, firmGates, isBehind } from './gates.ts';
import { type Monthly, pricer } from './price.ts';
import { newestFirst, retain } from './retention.ts';
import type { Candidate, ScheduleSpec, Verdict } from './types.ts';
import { writeTime } from './words.ts';

/** An image of the project, with what sets it apart; each flag is false where absent. */
export interface PlanImage extends Candidate {
  /** Not made by this schedule: listed, never changed. */
  readonly foreign?: boolean;
  /** Made by a schedule that is gone or was renamed. */
  readonly unmanaged?: boolean;
  /** A person let go of it: it goes, whatever the rules want. */
  readonly released?: boolean;
  /** It was held, and no longer is: it may be kept by a rule, but is none of those that must be there. */
  readonly holdExpired?: boolean;
}

/** What is known beside the images. */
export interface PlanState {
  /** Every automated deletion was stopped by a person. */
  readonly frozen: boolean;
  /** The schedule is there and could be read. */
  readonly managed: boolean;
  readonly serverExists: boolean;
  /** `edited`: the retention was changed, and what it lets go at once is limited; `waiting`: nothing goes until a person agrees. */
  readonly approval: 'none' | 'edited' | 'waiting';
  /** When the wall clock was last seen to jump by more than five minutes; ms. */
  readonly clockJumped: number | null;
  /** Images made of this server since one was last marked or deleted. */
  readonly created: number;
}

/** Everything a plan is made of; times in ms. */
export interface PlanInput {
  readonly spec: Pick<ScheduleSpec, 'cron' | 'zone' | 'keep' | 'minKeep' | 'grace'>;
  readonly server: number;
  readonly images: readonly PlanImage[];
  readonly now: number;
  readonly state: PlanState;
  /** Of one gigabyte and month, null while unknown. */
  readonly perGigabyte: Price | null;
}

/** A verdict with what the image costs a month. */
export interface PlannedImage extends Verdict {
  readonly created: number;
  readonly monthly: Monthly | null;
  /** When it may be deleted, once the verdict is carried out; ms, null when it is not marked then. */
  readonly deleteAfter: number | null;
}

/** What becomes of one server's images, from the newest to the oldest. */
export interface Plan {
  readonly images: readonly PlannedImage[];
  /** Why nothing is marked or deleted; empty when it may be. */
  readonly stopped: readonly string[];
  /** The change lets more go at once than is allowed without a person: how many, and the most allowed. */
  readonly approval: { readonly going: number; readonly most: number } | null;
  /** Between the last two due times; ms. */
  readonly period: number;
  /** When the newest good image was made; ms. */
  readonly newestGood: number | null;
  /** The clock stands before an image: to be remembered as a jump of it, so that deletions stop for a period. */
  readonly clockBehind: boolean;
}

type Said = Pick<PlannedImage, 'decision' | 'reasons' | 'deleteAfter'>;

/**
 * What becomes of each image of one server under its schedule; a plan that was carried out leads to one in which
 * nothing more is marked or deleted. Dry run and real run are this one function.
 */
export function plan(input: PlanInput): Plan {
  const { spec, server, images, now, perGigabyte } = input;
  const period = periodOf(parseCron(spec.cron, spec.zone), now);
  const good = images.filter(image => isGood(image, server));
  const counted = good.filter(image => !image.protected && !image.held);
  const kept = keepers(counted, spec);
  const approval = neededApproval(input, counted, kept);
  const priceOf = pricer(perGigabyte);
  const gates: Gates = {
    usual: [...closedGates(input, period), ...(approval ? [waitsFor(approval)] : [])],
    firm: firmGates(input, period),
  };
  return {
    images: newestFirst(images).map(image => ({
      id: image.id,
      created: image.created,
      monthly: priceOf(image.size),
      ...judge(image, input, kept.get(image.id), gates),
    })),
    stopped: gates.usual,
    approval,
    period,
    newestGood: newestFirst(good)[0]?.created ?? null,
    clockBehind: isBehind(input),
  };
}

/** What stands against deleting at all, and even against deleting what a person let go of. */
interface Gates {
  readonly usual: readonly string[];
  readonly firm: readonly string[];
}

function isGood({ server, good, foreign, unmanaged, released }: PlanImage, of: number): boolean {
  return server === of && good && !foreign && !unmanaged && !released;
}

/** The images that stay by a rule, and the newest of the others where the rules keep fewer than must be there. */
function keepers(counted: readonly PlanImage[], spec: PlanInput['spec']): ReadonlyMap<number, readonly string[]> {
  const kept = new Map(retain(counted, spec.keep, spec.zone));
  const eligible = newestFirst(counted.filter(({ holdExpired }) => !holdExpired));
  const others = eligible.filter(({ id }) => !kept.has(id));
  const least = Math.max(1, spec.minKeep);
  const missing = Math.max(0, least - (eligible.length - others.length));
  for (const { id } of others.slice(0, missing)) kept.set(id, [`one of the ${least} that always stay`]);
  return kept;
}

/** After a change of the retention: more newly to go than were made since, and one, and a fifth of all. */
function neededApproval(
  { state }: PlanInput,
  counted: readonly PlanImage[],
  kept: ReadonlyMap<number, readonly string[]>,
): Plan['approval'] {
  if (state.approval !== 'edited') return null;
  const going = counted.filter(({ id, deleteAfter }) => !kept.has(id) && deleteAfter === null).length;
  const most = Math.max(state.created + 1, Math.floor(counted.length / 5));
  return going > most ? { going, most } : null;
}

function waitsFor({ going, most }: NonNullable<Plan['approval']>): string {
  return `the change of the schedule would let ${going} images go, more than ${most}: it waits for approval`;
}

function judge(image: PlanImage, input: PlanInput, wanted: readonly string[] | undefined, gates: Gates): Said {
  const { server } = input;
  const { deleteAfter } = image;
  const ignore = (reason: string): Said => ({ decision: 'ignore', reasons: [reason], deleteAfter });
  if (image.server !== server) return ignore(`of another server: ${image.server}`);
  if (image.foreign) return ignore('not made by this schedule');
  if (image.protected) return stay(image, ['protected']);
  if (image.held) return stay(image, ['held']);
  if (image.released) return letGo(image, ['released by a person'], gates.firm, input);
  if (image.unmanaged) return ignore('unmanaged: its schedule is gone');
  if (!image.good) return ignore('not a good image');
  return wanted ? stay(image, wanted) : letGo(image, ['no rule wants it'], gates.usual, input);
}

function stay({ deleteAfter }: PlanImage, reasons: readonly string[]): Said {
  return { decision: deleteAfter === null ? 'keep' : 'unmark', reasons, deleteAfter: null };
}

/** Marked first and deleted when its grace is over; as it is while something stands against it. */
function letGo(
  { deleteAfter }: PlanImage,
  reasons: readonly string[],
  against: readonly string[],
  { spec, now }: PlanInput,
): Said {
  if (against.length > 0) return { decision: 'keep', reasons: [...reasons, ...against], deleteAfter };
  if (deleteAfter === null && spec.grace > 0) return { decision: 'mark', reasons, deleteAfter: now + spec.grace };
  if (deleteAfter === null || now >= deleteAfter) return { decision: 'delete', reasons, deleteAfter };
  const waits = `to be deleted after ${writeTime(deleteAfter)}`;
  return { decision: 'keep', reasons: [...reasons, waits], deleteAfter };
}
