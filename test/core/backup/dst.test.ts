import { describe, expect, it } from 'vitest';
import { next, parseCron } from '../../../src/core/backup/cron.ts';

// One zone for each way in which clocks are changed from 2024 to 2030; all of them with CLOUDCTL_FULL_DST=1.
const different =
  'Africa/Cairo Africa/Casablanca Africa/Ceuta America/Adak America/Anchorage America/Asuncion America/Boise America/Chicago America/Coyhaique America/Detroit America/Glace_Bay America/Godthab America/Havana America/Los_Angeles America/Miquelon America/Santiago America/Scoresbysund America/St_Johns Antarctica/Macquarie Antarctica/McMurdo Antarctica/Troll Asia/Almaty Asia/Beirut Asia/Famagusta Asia/Gaza Asia/Jerusalem Atlantic/Azores Atlantic/Canary Australia/Adelaide Australia/Lord_Howe Europe/Chisinau Pacific/Chatham Pacific/Easter Pacific/Norfolk';
const isFull = process.env.CLOUDCTL_FULL_DST === '1';
const zones = isFull ? Intl.supportedValuesOf('timeZone') : different.split(' ');
const years = isFull ? [2024, 2025, 2026, 2027, 2028, 2029, 2030] : [2024];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Whether a minute of a clock's face is named: an oracle that knows nothing of cron lines. */
type Names = (face: {
  readonly hour: number;
  readonly minute: number;
  readonly day: number;
  readonly weekday: number;
}) => boolean;

const schedules: readonly (readonly [line: string, counts: 'named' | 'shown', names: Names])[] = [
  ['0 * * * *', 'shown', face => face.minute === 0],
  ['*/15 * * * *', 'shown', face => face.minute % 15 === 0],
  ['0 0 * * *', 'named', face => face.hour === 0 && face.minute === 0],
  ['30 2 * * *', 'named', face => face.hour === 2 && face.minute === 30],
  ['*/20 1,2,3 * * *', 'named', face => face.hour >= 1 && face.hour <= 3 && face.minute % 20 === 0],
  ['0 */2 * * *', 'named', face => face.hour % 2 === 0 && face.minute === 0],
  ['15 0 * * 0', 'named', face => face.weekday === 0 && face.hour === 0 && face.minute === 15],
  ['45 23 28-31 * *', 'named', face => face.day >= 28 && face.hour === 23 && face.minute === 45],
];

function faceOf(local: number) {
  const date = new Date(local);
  return { hour: date.getUTCHours(), minute: date.getUTCMinutes(), day: date.getUTCDate(), weekday: date.getUTCDay() };
}

/** Reads a zone's clock to the minute, as the milliseconds that its face would be in UTC. */
function clockOf(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return time => Date.parse(`${format.format(time).replace(' ', 'T')}Z`);
}

/** The days (their first moment in UTC) in whose course the clock was changed. */
function changedDays(clock: (time: number) => number, year: number): number[] {
  const days = Array.from({ length: 366 }, (_, index) => Date.UTC(year, 0, 1 + index));
  const offsets = days.map(time => clock(time) - time);
  return days.filter((_, index) => index > 0 && offsets[index] !== offsets[index - 1]).map(time => time - day);
}

describe('around each change of a clock, each due time comes exactly once', () => {
  it.each(zones)('in %s', zone => {
    const clock = clockOf(zone);
    for (const start of years.flatMap(year => changedDays(clock, year))) {
      const [from, to] = [start - 6 * hour, start + 32 * hour];
      const minutes = Array.from({ length: (to - from) / minute + 1 }, (_, index) => from + index * minute);
      const faces = minutes.map(clock);
      for (const [line, counts, names] of schedules) {
        const expected = counts === 'shown' ? shown(minutes, faces, names) : named(minutes, faces, names);
        expect([line, ...dueTimes(line, zone, from, to)]).toEqual([line, ...expected]);
      }
    }
  });

  it('and there are changes to look at', () => {
    expect(different.split(' ').flatMap(zone => changedDays(clockOf(zone), 2026)).length).toBeGreaterThan(50);
  });
});

/** Every minute whose face is named. */
function shown(minutes: readonly number[], faces: readonly number[], names: Names): number[] {
  return minutes.filter((_, index) => index > 0 && names(faceOf(faces[index]!)));
}

/** For every face that is named, whether it was shown or not: the first minute that showed it or a later one. */
function named(minutes: readonly number[], faces: readonly number[], names: Names): number[] {
  const due: number[] = [];
  let latest = faces[0]!;
  for (const [index, face] of faces.entries()) {
    const passed = Array.from(
      { length: Math.max(0, (face - latest) / minute) },
      (_, step) => latest + (step + 1) * minute,
    );
    if (passed.some(local => names(faceOf(local)))) due.push(minutes[index]!);
    latest = Math.max(latest, face);
  }
  return due;
}

function dueTimes(line: string, zone: string, from: number, to: number): number[] {
  const cron = parseCron(line, zone);
  const due: number[] = [];
  for (let time = next(cron, from); time <= to; time = next(cron, time)) due.push(time);
  return due;
}
