import type { PlanInput } from './plan.ts';
import { newestFirst } from './retention.ts';
import { writeDuration, writeTime } from './words.ts';

/** Why no image may be marked or deleted now, a sentence each; empty when they may. */
export function closedGates(input: PlanInput, period: number): string[] {
  return [...switches(input), ...clockFaults(input, period), ...newestFaults(input, period)];
}

/** Why not even what a person let go of may be deleted. */
export function firmGates(input: PlanInput, period: number): string[] {
  const { state } = input;
  return [...(state.frozen ? ['deletions are frozen'] : []), ...clockFaults(input, period)];
}

function switches({ state, server }: PlanInput): string[] {
  return [
    ...(state.frozen ? ['deletions are frozen'] : []),
    ...(state.managed ? [] : ['the schedule is gone, or could not be read']),
    ...(state.approval === 'waiting' ? ['a change of the schedule waits for approval'] : []),
    ...(state.serverExists ? [] : [`server ${server} is gone`]),
  ];
}

/** Faults of the clock: it jumped within the last period, or stands before the newest image. */
function clockFaults(input: PlanInput, period: number): string[] {
  const { now, state } = input;
  const jumped = state.clockJumped;
  // A jump that lies ahead was seen before the clock went back, which is one more reason to wait.
  const isRecent = jumped !== null && now - jumped < period;
  return [
    ...(isRecent ? [`the clock jumped at ${writeTime(jumped)}: no deletions for ${writeDuration(period)}`] : []),
    ...(isBehind(input) ? [`the clock stands before the newest image`] : []),
  ];
}

/** True when an image of the server was made at a time that the clock has not come to. */
export function isBehind({ images, server, now }: PlanInput): boolean {
  return images.some(image => image.server === server && !image.foreign && image.created > now);
}

/** A deletion takes its time, and the newest image has to be young still when it lands: a minute, or less where images are made each minute. */
const leewayOf = (period: number) => Math.min(60_000, period / 100);

/** Faults of the newest image the schedule made of the server: it is not good, or too old to be the newest. */
function newestFaults({ images, server, now }: PlanInput, period: number): string[] {
  const own = images.filter(image => image.server === server && !image.foreign && !image.unmanaged && !image.released);
  const newest = newestFirst(own)[0];
  if (!newest) return ['there is no image yet'];
  if (!newest.good) return [`the newest image ${newest.id} is not good`];
  const age = now - newest.created;
  if (age + leewayOf(period) >= 1.5 * period) {
    return [`the newest good image is ${writeDuration(age)} old, and one is due every ${writeDuration(period)}`];
  }
  return [];
}
