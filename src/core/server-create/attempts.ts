import { Failure } from '../failure.ts';
import type { ServerType, ServerTypeLocation } from '../hetzner/types.ts';
import { type Attempt, describeAttempt } from './wish.ts';

/** What to try, in order: each type in each location. Pairs that are known to be out of stock come last, pairs that are not offered are left out. */
export function planAttempts(types: readonly ServerType[], locations: readonly string[]): Attempt[] {
  const places = locations.length > 0 ? locations : [undefined];
  const pairs = types.flatMap(type => places.map((location): Attempt => ({ type, location })));
  const offered = pairs.filter(isOffered);
  return [...offered.filter(isInStock), ...offered.filter(attempt => !isInStock(attempt))];
}

/** The plan when it has something to try; throws `refused` naming where the types are offered. */
export function requireAttempts(
  types: readonly ServerType[],
  locations: readonly string[],
  attempts: readonly Attempt[],
): readonly Attempt[] {
  if (attempts.length > 0) return attempts;
  const names = types.map(({ name }) => name).join(', ');
  const offers = [...new Set(types.flatMap(type => (type.locations ?? []).map(({ name }) => name)))];
  throw new Failure('refused', `server type ${names} is not offered in ${locations.join(', ')}`, {
    hint: offers.length > 0 ? `Offered in ${offers.join(', ')}` : 'cloudctl server-type list',
  });
}

/** False when the API says that the type is sold out there (or everywhere, where no location is named). */
export function isInStock({ type, location }: Attempt): boolean {
  const places = type.locations ?? [];
  if (location === undefined) return places.length === 0 || places.some(({ available }) => available !== false);
  return placeOf({ type, location })?.available !== false;
}

/** What is to be said of types that Hetzner withdraws at the places of the attempts, each once; `now` in milliseconds. */
export function deprecationsOf(attempts: readonly Attempt[], now: number): string[] {
  const notes = attempts.flatMap(attempt => {
    const deprecation = placeOf(attempt)?.deprecation ?? attempt.type.deprecation;
    if (!deprecation) return [];
    const what = `server type ${describeAttempt(attempt)}`;
    const since = deprecation.unavailable_after;
    return Date.parse(since) <= now
      ? `${what} is deprecated and cannot be ordered any more since ${since}`
      : `${what} is deprecated and can be ordered until ${since}`;
  });
  return [...new Set(notes)];
}

/** True for failures that another type or location may not have. */
export function isOutOfStock(failure: Failure): boolean {
  return failure.apiCode === 'resource_unavailable' || failure.apiCode === 'placement_error';
}

/** The one failure of attempts that all found no stock: the only one itself, or all of them; names what is in stock. */
export function outOfStock(
  failed: readonly { readonly attempt: Attempt; readonly failure: Failure }[],
  types: readonly ServerType[],
): Failure {
  const [first] = failed;
  const several = failed.length > 1;
  const message = several
    ? `out of stock: ${failed.map(({ attempt }) => describeAttempt(attempt)).join(', ')}`
    : first!.failure.message;
  const tried = new Set(failed.map(({ attempt }) => describeAttempt(attempt)));
  const others = types
    .flatMap(type => (type.locations ?? []).map(({ name }): Attempt => ({ type, location: name })))
    .filter(attempt => isInStock(attempt) && !tried.has(describeAttempt(attempt)));
  return new Failure('refused', message, {
    apiCode: first!.failure.apiCode,
    correlationId: first!.failure.correlationId,
    hint:
      others.length > 0
        ? `In stock: ${others.map(describeAttempt).join(', ')}; --location takes several`
        : 'Try another --type, or later',
    details: several ? failed.map(asTarget) : first!.failure.details,
    cause: first!.failure,
  });
}

function asTarget({ attempt, failure }: { readonly attempt: Attempt; readonly failure: Failure }) {
  return { target: describeAttempt(attempt), ok: false, error: { code: failure.apiCode, message: failure.message } };
}

function isOffered(attempt: Attempt): boolean {
  // An API that does not tell where its types are offered is asked by trying.
  if (attempt.location === undefined || !attempt.type.locations?.length) return true;
  return placeOf(attempt) !== undefined;
}

function placeOf({ type, location }: Attempt): ServerTypeLocation | undefined {
  return type.locations?.find(({ name }) => name === location);
}
