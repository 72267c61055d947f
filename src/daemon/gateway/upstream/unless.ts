import { stopped } from '../../../core/transport/stop.ts';

/** The result, unless the signal comes first: then it rejects with its Failure, and the work goes on for the others. */
export async function unless<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  work.catch(() => {});
  if (signal.aborted) throw stopped(signal);
  let stop = () => {};
  const left = new Promise<never>((_, reject) => {
    stop = () => reject(stopped(signal));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
