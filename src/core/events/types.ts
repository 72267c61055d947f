import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';

/** What the events of the daemon are about: the first word of each type. */
export const eventFamilies = [
  'alert',
  'approval',
  'backup',
  'channel',
  'check',
  'daemon',
  'delivery',
  'inbox',
  'owner',
  'schedule',
] as const;

/** A type of event: `backup.done`. */
export type EventType = `${(typeof eventFamilies)[number]}.${string}`;

/** The types that the API takes for what was typed: `backup` and `backup.*` are all of backups, `backup.done` that one. Throws `usage` for what there is not. */
export function parseEventTypes(typed: readonly string[]): string[] {
  return typed.map(one => {
    const [, family = '', rest] = /^([a-z]+)(?:\.([a-z-]+|\*))?$/.exec(one) ?? [];
    if ((eventFamilies as readonly string[]).includes(family)) return `${family}.${rest ?? '*'}`;
    const meant = nearest(family || one, eventFamilies);
    throw new Failure('usage', `--type: there are no events of '${one}'`, {
      hint: `${meant ? `Did you mean ${meant}? ` : ''}Types: ${eventFamilies.join(', ')}, or one such as backup.done`,
    });
  });
}
