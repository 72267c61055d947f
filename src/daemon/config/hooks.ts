import type { Table } from '../../core/config/document.ts';
import { Failure } from '../../core/failure.ts';
import { nearest } from '../../core/nearest.ts';
import { parseDuration } from '../../core/parse.ts';

/** A command of the host that schedules may refer to by name. */
export interface Hook {
  /** The program, by its absolute path, and its words; no shell reads them. */
  readonly command: readonly string[];
  /** Milliseconds after which it is ended. */
  readonly timeout: number;
}

const known = ['command', 'timeout'];
const patience = 60_000;

/** The hook that a table declares; `complain` is told of each fault with the key that has it. */
export function readHook(
  name: string,
  table: Table,
  complain: (key: string | undefined, failure: Failure) => void,
): Hook | undefined {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    complain(undefined, wrong(`'${name}' is not a name of a hook`, 'Small letters, digits and - inside, at most 63'));
  }
  for (const key of Object.keys(table).filter(one => !known.includes(one))) {
    const meant = nearest(key, known);
    complain(key, wrong('unknown key', meant ? `Did you mean ${meant}?` : `Known: ${known.join(', ')}`));
  }
  const { command, timeout } = table;
  const isWords = Array.isArray(command) && command.length > 0 && command.every(word => typeof word === 'string');
  if (!isWords)
    return void complain(
      'command' in table ? 'command' : undefined,
      wrong('command takes a list of words', 'Such as ["/usr/local/bin/freeze", "web"]'),
    );
  if (!String(command[0]).startsWith('/'))
    complain('command', wrong(`'${command[0]}' is not an absolute path of a program`));
  if (command.some(word => word.includes('\0'))) complain('command', wrong('a word holds a NUL character'));
  return { command, timeout: readTimeout(timeout, failure => complain('timeout', failure)) };
}

function readTimeout(value: unknown, complain: (failure: Failure) => void): number {
  if (value === undefined) return patience;
  try {
    if (typeof value !== 'string') throw wrong('takes a duration', 'Such as "30s"');
    const ms = parseDuration(value);
    if (ms < 1 || ms > 86_400_000) throw wrong(`'${value}' is not between 1ms and 24h`);
    return ms;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain(error);
    return patience;
  }
}

function wrong(message: string, hint?: string): Failure {
  return new Failure('usage', message, { hint });
}
