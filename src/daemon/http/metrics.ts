/** Labels of one series. */
export type Labels = Readonly<Record<string, string | number>>;

/** One value of a metric. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

export interface Counter {
  add(labels?: Labels, by?: number): void;
}

export interface Histogram {
  observe(seconds: number, labels?: Labels): void;
}

/** The daemon's metrics; each part declares its own. Names begin with `cloudctl_` and say their unit. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  /** `bounds` are upper ends in seconds, growing. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram;
  /** Read when somebody asks; one that fails is left out. */
  gauge(name: string, help: string, read: () => Promise<readonly Sample[]> | readonly Sample[]): void;
  /** All of them in the text format of Prometheus. */
  write(): Promise<string>;
}

type Writer = () => Promise<readonly string[]> | readonly string[];

/** No metrics at first. */
export function createMetrics(): Metrics {
  const writers = new Map<string, Writer>();
  const declare = (name: string, help: string, type: string, write: Writer) => {
    writers.set(name, async () => [`# HELP ${name} ${escapeText(help)}`, `# TYPE ${name} ${type}`, ...(await write())]);
  };
  return {
    counter(name, help) {
      const values = new Map<string, number>();
      declare(name, help, 'counter', () => [...values].map(([labels, value]) => `${name}${labels} ${value}`));
      return {
        add(labels, by = 1) {
          const key = write(labels);
          values.set(key, (values.get(key) ?? 0) + by);
        },
      };
    },
    histogram(name, help, bounds) {
      const series = new Map<string, { labels: Labels; counts: number[]; sum: number }>();
      declare(name, help, 'histogram', () => [...series.values()].flatMap(one => histogramLines(name, bounds, one)));
      return {
        observe(seconds, labels = {}) {
          const key = write(labels);
          const one = series.get(key) ?? { labels, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
          const bucket = bounds.findIndex(bound => seconds <= bound);
          one.counts[bucket < 0 ? bounds.length : bucket]! += 1;
          one.sum += seconds;
          series.set(key, one);
        },
      };
    },
    gauge: (name, help, read) =>
      declare(name, help, 'gauge', async () =>
        (await read()).map(({ labels, value }) => `${name}${write(labels)} ${value}`),
      ),
    async write() {
      const texts = await Promise.all(
        [...writers.values()].map(writer =>
          Promise.resolve()
            .then(writer)
            .catch(() => []),
        ),
      );
      return `${texts.flat().join('\n')}\n`;
    },
  };
}

function histogramLines(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: { labels: Labels; counts: number[]; sum: number },
): string[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return `${name}_bucket${write({ ...labels, le: bounds[index] ?? '+Inf' })} ${total}`;
  });
  return [...buckets, `${name}_sum${write(labels)} ${sum}`, `${name}_count${write(labels)} ${total}`];
}

function write(labels: Labels = {}): string {
  const parts = Object.entries(labels).map(
    ([key, value]) => `${key}="${escapeText(String(value)).replaceAll('"', '\\"')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
