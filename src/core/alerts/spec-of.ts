import type { RouteSpec } from './rule.ts';

/** The keys of a spec by the flags that give them. */
const flags: Readonly<Record<string, keyof RouteSpec>> = {
  ...{ match: 'match', channel: 'channels', continue: 'continue', mute: 'mute', zone: 'zone', equal: 'equal' },
  ...{ 'group-by': 'groupBy', 'group-wait': 'groupWait', 'group-interval': 'groupInterval' },
  ...{ 'repeat-interval': 'repeatInterval', 'inhibited-by': 'inhibitedBy' },
  ...{ 'escalate-after': 'escalateAfter', 'escalate-to': 'escalateTo' },
};

/** What was asked for by the names of the flags, on top of what was there; still to be checked. */
export function specOf(input: Readonly<Record<string, unknown>>, before: RouteSpec): RouteSpec {
  const given = Object.entries(flags).filter(([flag]) => input[flag] !== undefined);
  const values = given.map(([flag, key]) => {
    const value = input[flag];
    // One empty text takes a list away.
    return [key, Array.isArray(value) ? value.filter(one => one !== '') : value];
  });
  return { ...before, ...Object.fromEntries(values) };
}
