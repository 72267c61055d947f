import type { Watched } from './observe.ts';

/** What those who are told of a check believe now. */
export interface Told {
  readonly down: boolean;
  readonly unknown: boolean;
  readonly flapping: boolean;
  /** When it is said to fall, in milliseconds; absent where it is not. */
  readonly falls?: number;
}

const all = ['down', 'unknown', 'flapping'] as const;
export type Topic = (typeof all)[number];

/** Why nothing new is told of a check for the moment. */
export interface Quiet {
  /** What it depends on is down, or has not been looked at since this one failed. */
  readonly parent: boolean;
  /** It is being worked on. */
  readonly maintenance: boolean;
  /** The daemon's own network, or Hetzner, does not answer: that is told once for all. */
  readonly outage: boolean;
}

/** One thing to be told: that it is so now, no longer, or (`fires`, milliseconds) soon. */
export interface Tiding {
  readonly topic: Topic;
  readonly firing: boolean;
  readonly fires?: number;
}

export const untold: Told = { down: false, unknown: false, flapping: false };
export const aloud: Quiet = { parent: false, maintenance: false, outage: false };

/** What is to be told after a change, and what is believed then. What is over is always told; what is new only when nothing is in the way, and then later. Being unknown does not end being down. `falls` is when it will be down if it goes on failing. */
export function tell(
  told: Told,
  { state, flapping, blind }: Watched,
  quiet: Quiet,
  falls?: number,
): { told: Told; tidings: readonly Tiding[] } {
  const isLoud = !quiet.parent && !quiet.maintenance && !quiet.outage;
  const believe = (topic: Topic, holds: boolean, ends: boolean) => (told[topic] ? !ends : holds && isLoud);
  const next: Told = {
    down: believe('down', state === 'down', state === 'up'),
    // Where the newest result tells again, what it tells is waited for.
    unknown: believe('unknown', state === 'unknown' && blind.count > 0, state !== 'unknown'),
    flapping: believe('flapping', flapping, !flapping),
  };
  const tidings: Tiding[] = all
    .filter(topic => next[topic] !== told[topic])
    .map(topic => ({ topic, firing: next[topic] }));
  const soon = next.down || !isLoud ? undefined : falls;
  if (soon !== undefined && soon !== told.falls) tidings.push({ topic: 'down', firing: false, fires: soon });
  // Where it is down by now, that says it.
  if (soon === undefined && told.falls !== undefined && !next.down) tidings.push({ topic: 'down', firing: false });
  return { told: soon === undefined ? next : { ...next, falls: soon }, tidings };
}

/** What ends when a check is watched no longer. */
export function endAll(told: Told): readonly Tiding[] {
  const ended = all.filter(topic => told[topic] || (topic === 'down' && told.falls !== undefined));
  return ended.map(topic => ({ topic, firing: false }));
}
