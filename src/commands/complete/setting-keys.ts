import { type Setting, settingFamilies, settings } from '../../core/config/settings.ts';
import { groups } from '../groups.ts';
import type { Candidate } from './candidate.ts';

/** The keys that `cloudctl config` takes; those that exist once a resource, once for each. */
export function settingKeys(): Candidate[] {
  const plain = Object.entries<Setting>(settings)
    .filter(([, { places, hidden }]) => places.includes('file') && !hidden)
    .map(([word, { summary }]) => ({ word, summary }));
  const resources = groups.filter(({ section }) => section === 'Resources').map(({ name }) => name);
  const families = Object.entries<Setting>(settingFamilies).flatMap(([family, { summary }]) =>
    resources.map(resource => ({ word: `${family}.${resource}`, summary: `${summary} ${resource}` })),
  );
  return [...plain, ...families];
}
