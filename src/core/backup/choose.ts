import { nearest } from '../nearest.ts';
import type { ScheduleSpec } from './types.ts';

/** Enough of a server to be chosen. */
export interface Choosable {
  readonly id: number;
  readonly name: string;
}

/** Something a person should hear about what a schedule means. */
export interface ChoiceNotice {
  readonly kind: 'unknown' | 'unknown-exclusion' | 'selector-empty' | 'selector-all' | 'none' | 'shared';
  readonly message: string;
}

export interface Choice<T extends Choosable> {
  /** Each once, in the order of their ids. */
  readonly servers: readonly T[];
  readonly notices: readonly ChoiceNotice[];
}

/** The servers that exist, and those of them the selector takes as the API says (null without a selector). */
export interface Choosing<T extends Choosable> {
  readonly servers: readonly T[];
  readonly selected: readonly T[] | null;
}

/** The servers a schedule means: those named and those selected, without the excluded; what is named is never excluded. A number is an id first. */
export function chooseServers<T extends Choosable>(
  spec: Pick<ScheduleSpec, 'servers' | 'selector' | 'exclude'>,
  { servers, selected }: Choosing<T>,
): Choice<T> {
  const notices: ChoiceNotice[] = [];
  const resolve = (words: readonly string[], kind: 'unknown' | 'unknown-exclusion') =>
    words.flatMap(word => {
      const found = servers.find(({ id }) => String(id) === word) ?? servers.find(({ name }) => name === word);
      if (!found) notices.push({ kind, message: unknown(word, servers) });
      return found ?? [];
    });
  const named = resolve(spec.servers, 'unknown');
  const excluded = new Set(resolve(spec.exclude, 'unknown-exclusion').map(({ id }) => id));
  const taken = (selected ?? []).filter(({ id }) => !excluded.has(id));
  const chosen = new Map([...named, ...taken].map(server => [server.id, server]));
  if (selected) notices.push(...selectorNotices(spec.selector ?? '', selected, servers));
  if (chosen.size === 0) notices.push({ kind: 'none', message: 'the schedule means no server' });
  return { servers: [...chosen.values()].sort((a, b) => a.id - b.id), notices };
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
