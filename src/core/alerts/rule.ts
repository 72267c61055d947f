import { Failure } from '../failure.ts';
import { type Matcher, readMatchers } from './matcher.ts';
import { type Mute, readMute } from './mute.ts';

/** What a route is asked to do; durations in milliseconds, with Alertmanager's words and defaults. */
export interface RouteSpec {
  /** Which alerts it takes: all conditions hold. */
  readonly match: readonly string[];
  /** Routes after it are asked too. */
  readonly continue: boolean;
  readonly channels: readonly string[];
  /** Alerts with the same values of these labels are told of together. */
  readonly groupBy: readonly string[];
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
  /** Times of the week in which nothing is told. */
  readonly mute: readonly string[];
  readonly zone: string;
  /** Nothing is told of an alert while another one fires that is as these want it and has the same values of `equal`. */
  readonly inhibitedBy: readonly string[];
  readonly equal: readonly string[];
  /** Who is told too after so long without an acknowledgement; 0 for never. */
  readonly escalateAfter: number;
  readonly escalateTo: readonly string[];
}

/** A route that can be asked. */
export interface Rule {
  readonly id: number;
  readonly name: string;
  readonly spec: RouteSpec;
  readonly matches: Matcher;
  readonly isMuted: Mute;
  /** Whether an alert of such labels keeps others from being told of. */
  readonly isSource: Matcher;
}

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** A route where nothing is said; it tells the inbox. */
export const usualSpec: RouteSpec = {
  ...{
    match: [],
    continue: false,
    channels: ['inbox'],
    groupBy: [],
    mute: [],
    zone: 'UTC',
    inhibitedBy: [],
    equal: [],
  },
  ...{ groupWait: 30 * second, groupInterval: 5 * minute, repeatInterval: 4 * hour, escalateAfter: 0, escalateTo: [] },
};

/** The route that is there for what no other one takes. */
export const defaultRule: Rule = readRule({ id: 0, name: 'default', spec: usualSpec });

/** A route from its data; throws `usage` that says what makes no sense. */
export function readRule({ id, name, spec }: Pick<Rule, 'id' | 'name' | 'spec'>): Rule {
  const { inhibitedBy, groupInterval, repeatInterval, escalateAfter, escalateTo, equal } = spec;
  if (spec.channels.length === 0) throw new Failure('usage', 'a route needs a channel', { hint: 'Add --channel NAME' });
  if (groupInterval < second) throw new Failure('usage', 'group-interval: give a second or more');
  if (repeatInterval < minute) throw new Failure('usage', 'repeat-interval: give a minute or more');
  if (escalateAfter > 0 !== escalateTo.length > 0)
    throw new Failure('usage', 'escalate-after and escalate-to are given together or not at all');
  if (equal.length > 0 && inhibitedBy.length === 0) throw new Failure('usage', 'equal is given without inhibited-by');
  const isSource = inhibitedBy.length > 0 ? readMatchers(inhibitedBy) : () => false;
  return { id, name, spec, matches: readMatchers(spec.match), isMuted: readMute(spec.mute, spec.zone), isSource };
}
