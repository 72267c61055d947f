import type { Watched } from './observe.ts';

/** What those who are told of a check believe now. */
export interface Told {
  readonly down: boolean;
  readonly unknown: boolean;
  readonly flapping: boolean;
}

export type Topic = keyof Told;

/** Why nothing new is told of a check for the moment. */
export interface Quiet {
  /** What it depends on is down, or has not been looked at since this one failed. */
  readonly parent: boolean;
  /** It is being worked on. */
  readonly maintenance: boolean;
  /** The daemon's own network, or Hetzner, does not answer: that is told once for all. */
  readonly outage: boolean;
}

/** One thing to be told: that it is so now, or no longer. */
export interface Tiding {
  readonly topic: Topic;
  readonly firing: boolean;
}

export const untold: Told = { down: false, unknown: false, flapping: false };
export const aloud: Quiet = { parent: false, maintenance: false, outage: false };

/** What is to be told after a change, and what is believed then. What is over is always told; what is new only when nothing is in the way, and then later. Being unknown does not end being down. */
export function tell(
  told: Told,
  { state, flapping, blind }: Watched,
  quiet: Quiet,
): { told: Told; tidings: readonly Tiding[] } {
  const isLoud = !quiet.parent && !quiet.maintenance && !quiet.outage;
  const believe = (topic: Topic, holds: boolean, ends: boolean) => (told[topic] ? !ends : holds && isLoud);
  const next: Told = {
    down: believe('down', state === 'down', state === 'up'),
    // Where the newest result tells again, what it tells is waited for.
    unknown: believe('unknown', state === 'unknown' && blind.count > 0, state !== 'unknown'),
    flapping: believe('flapping', flapping, !flapping),
  };
  const topics = (Object.keys(next) as Topic[]).filter(topic => next[topic] !== told[topic]);
  return { told: next, tidings: topics.map(topic => ({ topic, firing: next[topic] })) };
}

/** What ends when a check is watched no longer. */
export function endAll(told: Told): readonly Tiding[] {
  return (Object.keys(told) as Topic[]).filter(topic => told[topic]).map(topic => ({ topic, firing: false }));
}
