import type { Day } from './days.ts';
import { dateOf, escapeHtml, lengthOf, percentOf } from './words.ts';

/** Units of a bar and its gap, and of the highest one. */
const [bar, gap, high] = [3, 1, 34];

/** Begin and height of each state's bar. Trouble stands out by its height too, for whoever cannot tell the colours. */
const shapes: Readonly<Record<Day['state'], readonly [top: number, height: number]>> = {
  up: [8, 26],
  partial: [0, 34],
  down: [0, 34],
  maintenance: [8, 26],
  unknown: [20, 14],
  none: [28, 6],
};

/** What the bars of each state mean, for the legend. */
export const meanings: readonly (readonly [Day['state'], string])[] = [
  ['up', 'up'],
  ['partial', 'down for a while'],
  ['down', 'down for a tenth of the day or more'],
  ['maintenance', 'maintenance'],
  ['unknown', 'not known'],
  ['none', 'not watched'],
];

/** The days as bars, each that is not plain with a title; one label tells all of it to who cannot see it. */
export function drawDays(days: readonly Day[], uptime: number | null): string {
  const width = days.length * (bar + gap) - gap;
  // Most days are plain: one path for all of a state keeps the page small.
  const paths = (['up', 'none', 'unknown', 'maintenance'] as const).map(state => {
    const [top, height] = shapes[state];
    const boxes = days.flatMap((day, index) =>
      day.state === state ? `M${index * (bar + gap)} ${top}h${bar}v${height}h-${bar}z` : [],
    );
    return boxes.length === 0 ? '' : `<path class="${state}" d="${boxes.join('')}"/>`;
  });
  const trouble = days.flatMap(({ date, state, down }, index) => {
    if (down === 0) return [];
    const place = `x="${index * (bar + gap)}" y="0" width="${bar}" height="${high}"`;
    return `<rect class="${state}" ${place}><title>${dateOf(date)}: down for ${lengthOf(down)}</title></rect>`;
  });
  const label = escapeHtml(tell(days, uptime));
  return `<svg class="days" viewBox="0 0 ${width} ${high}" preserveAspectRatio="none" role="img" aria-label="${label}">${paths.join('')}${trouble.join('')}</svg>`;
}

/** One bar, for the legend. */
export function drawBar(state: Day['state']): string {
  const [top, height] = shapes[state];
  return `<svg class="days" viewBox="0 0 6 ${high}" preserveAspectRatio="none" aria-hidden="true"><path class="${state}" d="M0 ${top}h6v${height}h-6z"/></svg>`;
}

const told = 10;

function tell(days: readonly Day[], uptime: number | null): string {
  const bad = days.filter(({ down }) => down > 0).reverse();
  const listed = bad.slice(0, told).map(({ date, down }) => `${dateOf(date)} for ${lengthOf(down)}`);
  const more = bad.length > told ? ` and on ${bad.length - told} days before` : '';
  const outages = bad.length === 0 ? 'no outages' : `down on ${listed.join(', ')}${more}`;
  return `Last ${days.length} days: ${percentOf(uptime)} up, ${outages}`;
}
