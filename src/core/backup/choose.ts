import { nearest } from '../nearest.ts';
import type { ScheduleSpec } from './types.ts';

/** Enough of a server to be chosen. */
export interface Choosable {
  readonly id: number;
  readonly name: string;
}

/** Something a person should hear about what a schedule means. */
export interface ChoiceNotice {
  readonly kind: 'unknown' | 'unknown-exclusion' | 'renamed' | 'selector-empty' | 'selector-all' | 'none' | 'shared';
  readonly message: string;
}

export interface Choice<T extends Choosable> {
  /** Each once, in the order of their ids. */
  readonly servers: readonly T[];
  /** Those named that the schedule has backed up before, and that are there no longer. */
  readonly missing: readonly Choosable[];
  readonly notices: readonly ChoiceNotice[];
}

/** The servers that exist, those of them the selector takes as the API says (null without a selector), and those that the schedule has backed up, by the names they had. */
export interface Choosing<T extends Choosable> {
  readonly servers: readonly T[];
  readonly selected: readonly T[] | null;
  readonly formerly?: readonly Choosable[];
}

/** The servers a schedule means: those named and those selected, without the excluded; what is named is never excluded. A number is an id first, and a name that no server has is followed to the server that had it. */
export function chooseServers<T extends Choosable>(
  spec: Pick<ScheduleSpec, 'servers' | 'selector' | 'exclude'>,
  { servers, selected, formerly = [] }: Choosing<T>,
): Choice<T> {
  const notices: ChoiceNotice[] = [];
  const missing: Choosable[] = [];
  const resolve = (words: readonly string[], kind: 'unknown' | 'unknown-exclusion') =>
    words.flatMap(word => {
      const found = pick(servers, word);
      if (found) return found;
      const was = pick(formerly, word);
      const now = servers.find(({ id }) => id === was?.id);
      if (now) notices.push({ kind: 'renamed', message: `server ${word} is called ${now.name} now` });
      else notices.push({ kind, message: unknown(word, servers) });
      if (was && !now) missing.push(was);
      return now ?? [];
    });
  const named = resolve(spec.servers, 'unknown');
  const excluded = new Set(resolve(spec.exclude, 'unknown-exclusion').map(({ id }) => id));
  const taken = (selected ?? []).filter(({ id }) => !excluded.has(id));
  const chosen = new Map([...named, ...taken].map(server => [server.id, server]));
  if (selected) notices.push(...selectorNotices(spec.selector ?? '', selected, servers));
  if (chosen.size === 0) notices.push({ kind: 'none', message: 'the schedule means no server' });
  return { servers: [...chosen.values()].sort((a, b) => a.id - b.id), missing, notices };
}

function pick<T extends Choosable>(servers: readonly T[], word: string): T | undefined {
  return servers.find(({ id }) => String(id) === word) ?? servers.find(({ name }) => name === word);
}

function unknown(word: string, servers: readonly Choosable[]): string {
  const near = nearest(
    word,
    servers.map(({ name }) => name),
  );
  return `server not found: ${word}${near ? `; did you mean ${near}?` : ''}`;
}

function selectorNotices(selector: string, selected: readonly Choosable[], all: readonly Choosable[]): ChoiceNotice[] {
  if (selected.length === 0) return [{ kind: 'selector-empty', message: `'${selector}' selects no server` }];
  if (selected.length < all.length || all.length < 2) return [];
  return [{ kind: 'selector-all', message: `'${selector}' selects every server, all ${all.length} of them` }];
}

/** A notice for each server of the choice that other schedules take as well: each makes and keeps images of its own. */
export function sharedServers(
  chosen: readonly Choosable[],
  others: readonly { readonly schedule: string; readonly servers: readonly Choosable[] }[],
): ChoiceNotice[] {
  return chosen.flatMap(({ id, name }) => {
    const also = others
      .filter(({ servers }) => servers.some(server => server.id === id))
      .map(({ schedule }) => schedule);
    if (also.length === 0) return [];
    return [{ kind: 'shared' as const, message: `server ${name} is backed up by ${also.join(', ')} as well` }];
  });
}
