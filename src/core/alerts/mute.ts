import { openZone } from '../backup/zone.ts';
import { Failure } from '../failure.ts';

const [minute, day] = [60_000, 86_400_000];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A time of the week: days (0 is Sunday) on which it begins, and minutes of the day; it ends on the next day where its end is not after its begin. */
interface Window {
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** Whether it is quiet at a time, in milliseconds. */
export type Mute = (now: number) => boolean;

/** The times that texts mean in a zone: `22:00-06:00`, `sat,sun`, `mon-fri 18:00-08:00`. Throws `usage`. */
export function readMute(texts: readonly string[], zone: string): Mute {
  const clock = openZone(zone);
  const windows = texts.map(readWindow);
  return now => {
    const local = now + clock.offsetAt(now);
    const today = (Math.floor(local / day) + 4) % 7;
    const minutes = Math.floor((((local % day) + day) % day) / minute);
    return windows.some(({ days, from, to }) => {
      if (from < to) return days.includes(today) && minutes >= from && minutes < to;
      return (days.includes(today) && minutes >= from) || (days.includes((today + 6) % 7) && minutes < to);
    });
  };
}

function readWindow(text: string): Window {
  const [, named = '', times] = /^\s*([a-z][a-z,-]*)?\s*(\d\d:\d\d-\d\d:\d\d)?\s*$/i.exec(text) ?? [];
  if (named === '' && times === undefined) throw wrong(text);
  const [from, to] = (times ?? '00:00-24:00').split('-').map(time => readTime(time, text));
  const chosen =
    named === ''
      ? [0, 1, 2, 3, 4, 5, 6]
      : named
          .toLowerCase()
          .split(',')
          .flatMap(one => readDays(one, text));
  return { days: chosen, from: from!, to: to! };
}

function readDays(part: string, text: string): number[] {
  const [first, last] = part.split('-').map(name => days.indexOf(name.slice(0, 3)));
  if (first === undefined || first < 0 || (last ?? 0) < 0) throw wrong(text);
  const count = last === undefined ? 1 : ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, place) => (first + place) % 7);
}

function readTime(time: string, text: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  if (hours! > 24 || minutes! > 59 || (hours === 24 && minutes !== 0)) throw wrong(text);
  return hours! * 60 + minutes!;
}

function wrong(text: string): Failure {
  return new Failure('usage', `'${text.slice(0, 60)}' is not a time of the week`, {
    hint: 'Such as 22:00-06:00, sat,sun or mon-fri 18:00-08:00',
  });
}
