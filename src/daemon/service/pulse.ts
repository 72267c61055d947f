import type { Clock } from '../../core/world.ts';

/** What has to show life, by name: the scheduler, the store. */
export interface Pulse {
  /** A sign of life. */
  beat(part: string): void;
  /** A part that has to give one at least every `interval` milliseconds from now on. */
  expect(part: string, interval: number): void;
  forget(part: string): void;
  /** Parts whose sign of life is overdue by more than twice its interval. */
  silent(): readonly string[];
  /** Parts that have given none since that time. */
  since(time: number): readonly string[];
}

/** Nothing is expected at first. */
export function createPulse(clock: Pick<Clock, 'now'>): Pulse {
  const parts = new Map<string, { last: number; interval: number }>();
  const select = (isSilent: (part: { last: number; interval: number }) => boolean) =>
    [...parts].flatMap(([name, part]) => (isSilent(part) ? [name] : []));
  return {
    beat: name => {
      const part = parts.get(name);
      if (part) part.last = clock.now();
    },
    expect: (name, interval) => void parts.set(name, { last: clock.now(), interval }),
    forget: name => void parts.delete(name),
    silent: () => select(({ last, interval }) => clock.now() - last > 2 * interval),
    since: time => select(({ last }) => last < time),
  };
}
