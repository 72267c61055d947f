/** Where and how a line is drawn. */
export interface Canvas {
  /** In characters; each is two dots wide and four high. */
  readonly width: number;
  readonly height: number;
  /** The value at the upper edge; the lower one is 0. */
  readonly top: number;
}

// The bit of each dot in a braille character, by column and by row from above.
const bits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** A line through the values from the left edge to the right one, as rows of braille from above; a gap where a value is missing. */
export function drawLine(values: readonly (number | undefined)[], { width, height, top }: Canvas): string[] {
  const cells = Array.from({ length: height }, () => new Array<number>(width).fill(0));
  const dots = height * 4;
  const rowOf = (value: number) => {
    const share = Math.min(1, Math.max(0, value / top));
    return Math.round((1 - share) * (dots - 1));
  };
  let before: number | undefined;
  for (const [x, value] of values.entries()) {
    const row = value === undefined ? undefined : rowOf(value);
    if (row !== undefined) {
      // From the last point straight up or down, so that the line has no holes.
      const from = before === undefined ? row : row > before ? before + 1 : row < before ? before - 1 : row;
      for (let y = Math.min(from, row); y <= Math.max(from, row); y += 1) {
        const line = cells[Math.floor(y / 4)]!;
        const cell = Math.floor(x / 2);
        if (cell < width) line[cell] = line[cell]! | bits[x % 2 === 0 ? 0 : 1][y % 4]!;
      }
    }
    before = row;
  }
  return cells.map(line => line.map(dot => String.fromCodePoint(0x2800 + dot)).join(''));
}

/** The samples (time, value) at `count` points between the times: the mean of those that fall to a point; single points between samples further apart are filled from the left. */
export function resample(
  samples: readonly (readonly [number, number])[],
  { start, end }: { readonly start: number; readonly end: number },
  count: number,
): (number | undefined)[] {
  const sums = new Array<number>(count).fill(0);
  const hits = new Array<number>(count).fill(0);
  for (const [time, value] of samples) {
    const point = Math.floor(((time - start) / (end - start)) * count);
    const index = time === end ? count - 1 : point;
    if (index < 0 || index >= count) continue;
    sums[index]! += value;
    hits[index]! += 1;
  }
  const values = sums.map((sum, index) => (hits[index]! > 0 ? sum / hits[index]! : undefined));
  return fillGaps(values, typicalGap(samples, (end - start) / count));
}

/** How many points apart two samples usually are, rounded up. */
function typicalGap(samples: readonly (readonly [number, number])[], perPoint: number): number {
  const gaps = samples.slice(1).map(([time], index) => time - samples[index]![0]);
  const middle = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  return Math.ceil(middle / perPoint);
}

function fillGaps(values: readonly (number | undefined)[], most: number): (number | undefined)[] {
  let last: number | undefined;
  let age = 0;
  return values.map(value => {
    age = value === undefined ? age + 1 : 0;
    if (value !== undefined) last = value;
    return age <= most ? last : undefined;
  });
}
