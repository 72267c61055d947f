import type { Exchange } from '../../src/sandbox/index.ts';
import type { Answer } from './daemon.ts';

/** An image that was made at the sandbox. */
export interface Made {
  readonly id: number;
  readonly run: string;
  /** Schedule and server. */
  readonly of: string;
}

/** What daemons have done at the sandbox, in order. */
export interface Deeds {
  /** For the sandbox's `observe`. */
  readonly observe: (exchange: Exchange) => void;
  readonly made: readonly Made[];
  /** For each image that was deleted, how many newer ones of other runs were there still. */
  readonly deleted: readonly { readonly image: Made; readonly newer: number }[];
}

/** Nothing was done at first. */
export function watchDeeds(images: () => ReadonlyMap<number, { readonly labels: Answer }>): Deeds {
  const made: Made[] = [];
  const gone = new Set<number>();
  const deleted: { image: Made; newer: number }[] = [];
  /** Late ones are nowhere but among the images. */
  const look = () => {
    for (const [id, { labels }] of images()) {
      const run = labels['cloudctl/run'];
      if (run === undefined || made.some(one => one.id === id)) continue;
      made.push({ id, run, of: `${labels['cloudctl/schedule']}/${labels['cloudctl/server']}` });
    }
  };
  return {
    made,
    deleted,
    observe({ method, path, status }) {
      const id = Number(/^\/v1\/images\/(\d+)$/.exec(path)?.[1]);
      if (method === 'DELETE' && status > 0 && status < 300) {
        gone.add(id);
        const image = made.find(one => one.id === id)!;
        const newer = made.filter(one => one.of === image.of && one.id > id && !gone.has(one.id));
        const runs = new Set(newer.map(({ run }) => run).filter(run => run !== image.run));
        deleted.push({ image, newer: runs.size });
      } else look();
    },
  };
}
