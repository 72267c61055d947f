import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import { identities } from '../resources/identities.ts';
import { type Family, type Setting, settingFamilies, settings } from './settings.ts';

// Besides the resources that cloudctl declares: those whose order hcloud's file may hold.
const alsoSorted = ['action', 'load-balancer-type', 'storage-box', 'storage-box-type'];

/** The name of every setting: `poll-interval`, `sort.server`. */
export function settingNames(): string[] {
  const resources = [...Object.keys(identities), ...alsoSorted];
  const members = Object.keys(settingFamilies).flatMap(family => resources.map(resource => `${family}.${resource}`));
  return [...Object.keys(settings), ...members];
}

/** The setting that a typed key means, `_` and `-` alike; throws `usage` with the key that was most likely meant. */
export function requireSetting(typed: string): { readonly name: string; readonly setting: Setting } {
  const name = typed.toLowerCase().replaceAll('_', '-');
  const names = settingNames();
  if (names.includes(name)) return { name, setting: declarationOf(name) };
  const meant = nearest(name, names);
  throw new Failure('usage', `unknown setting: ${typed}`, {
    hint: meant ? `Did you mean ${meant}? All: cloudctl config list -a` : 'cloudctl config list -a',
  });
}

/** Like `requireSetting`, for those that the file may hold; throws `usage` that says where another may be given. */
export function requirePreference(typed: string): { readonly name: string; readonly setting: Setting } {
  const { name, setting } = requireSetting(typed);
  if (setting.places.includes('file')) return { name, setting };
  throw new Failure('usage', `${name} is not kept in the configuration file`, { hint: elsewhere(name, setting) });
}

/** The declaration behind a name that `settingNames` gives. */
export function declarationOf(name: string): Setting {
  if (Object.hasOwn(settings, name)) return settings[name as keyof typeof settings];
  return settingFamilies[name.split('.')[0] as Family];
}

function elsewhere(name: string, setting: Setting): string {
  if (name === 'context') return 'cloudctl context use <name>';
  if (setting.secret) return `Set ${setting.env}, or: cloudctl context create <name>`;
  return `Give --${name}, or set ${setting.env}`;
}
