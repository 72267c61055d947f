import type { RouteSpec } from './rule.ts';

/** An alert in a group, and what was told of it there; times in milliseconds. */
export interface Member {
  readonly subject: string;
  readonly firing: boolean;
  /** How often it has begun. */
  readonly firings: number;
  readonly acknowledged: boolean;
  /** Silenced, or inhibited by another one. */
  readonly quiet: boolean;
  /** The `firings` of which it was told that it fires, null when nothing was told. */
  readonly told: number | null;
  readonly toldFirst: number | null;
  readonly escalated: boolean;
}

/** What is told of a group now, and what is to be kept of it. */
export interface Flush {
  /** Whether a message is sent. */
  readonly send: boolean;
  /** Those that fire, and those that are over, in that message. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** Of which it is told for the first time that they fire. */
  readonly begun: readonly string[];
  /** Of which others are to be told, since nobody has acknowledged them. */
  readonly escalate: readonly string[];
  /** Those that are over and of which nothing is left to be told. */
  readonly forget: readonly string[];
  /** When to look again; undefined when nothing is left. */
  readonly next: number | undefined;
}

type Timing = Pick<RouteSpec, 'groupInterval' | 'repeatInterval' | 'escalateAfter'>;

const muted = 60_000;

/** Decides what is told of a group: what is new, what is over and was told of, and once in `repeatInterval` what fires still. `sent` is when it was told of last. */
export function flush(
  members: readonly Member[],
  timing: Timing,
  at: { readonly now: number; readonly sent: number | null; readonly isMuted: boolean },
): Flush {
  const { now, sent, isMuted } = at;
  const silent = members.filter(({ firing, told }) => !firing && told === null);
  const left = members.filter(one => !silent.includes(one));
  if (isMuted) return { ...nothing, forget: subjects(silent), next: left.length > 0 ? now + muted : undefined };
  const over = left.filter(({ firing }) => !firing);
  const firing = left.filter(one => one.firing);
  const loud = firing.filter(({ quiet }) => !quiet);
  const begun = loud.filter(({ told, firings }) => told !== firings);
  const isRepeat = sent === null || now - sent >= timing.repeatInterval;
  const repeat = isRepeat ? loud.filter(({ acknowledged }) => !acknowledged) : [];
  const send = begun.length > 0 || over.length > 0 || repeat.length > 0;
  const waiting = loud.filter(one => timing.escalateAfter > 0 && !one.acknowledged && !one.escalated);
  const dueOf = ({ told, firings, toldFirst }: Member) =>
    (told === firings ? (toldFirst ?? now) : now) + timing.escalateAfter;
  const escalate = waiting.filter(one => dueOf(one) <= now && !begun.includes(one));
  const later = waiting.filter(one => !escalate.includes(one)).map(dueOf);
  return {
    send,
    firing: subjects(send ? loud : []),
    resolved: subjects(over),
    begun: subjects(begun),
    escalate: subjects(escalate),
    forget: subjects([...silent, ...over]),
    next: firing.length > 0 ? Math.min(now + timing.groupInterval, ...later) : undefined,
  };
}

const nothing = { send: false, firing: [], resolved: [], begun: [], escalate: [] } as const;

function subjects(members: readonly Member[]): string[] {
  return members.map(({ subject }) => subject);
}
