import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';

/** The resources whose actions the API lists for a whole project. */
export const actionPaths = [
  'servers',
  'volumes',
  'images',
  'networks',
  'firewalls',
  'floating_ips',
  'primary_ips',
  'load_balancers',
  'certificates',
  'zones',
] as const;

/** The paths that the words mean, all where there are none: `server`, `servers` and `floating-ip` are understood; throws `usage` for others. */
export function parsePaths(words: readonly string[] | undefined): readonly string[] {
  if (!words || words.length === 0) return actionPaths;
  return [...new Set(words.map(parsePath))];
}

function parsePath(word: string): string {
  const plain = word.toLowerCase().replaceAll('-', '_').replace(/s$/, '');
  const found = actionPaths.find(path => path === `${plain}s`);
  if (found) return found;
  const like = nearest(word, actionPaths);
  throw new Failure('usage', `no actions are kept for '${word}'`, {
    hint: like ? `Did you mean ${like}?` : `One of ${actionPaths.join(', ')}`,
  });
}
