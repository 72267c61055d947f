import type { SentEvent } from '../api.ts';
import { Failure } from '../failure.ts';

/** Milliseconds after which a stream that says nothing has been cut: three times as long as the daemon is ever quiet. */
export const quiet = 45_000;

/** Characters that one event may have; the daemon's own have a few thousand. */
const most = 4 * 2 ** 20;

/** Reads server-sent events from pieces of text, wherever those are cut; throws `unreachable` for one that has no end. */
export function createEventReader(hear: (event: SentEvent) => void): (text: string) => void {
  let rest = '';
  let block: Record<string, string> = {};

  function take(line: string): void {
    if (line === '') {
      const event = block;
      block = {};
      if (Object.keys(event).length > 0) hear(event);
      return;
    }
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') block.data = block.data === undefined ? value : `${block.data}\n${value}`;
    else if (name === 'id' || name === 'event') block[name] = value;
  }

  return text => {
    // A line break at the very end may be half of one.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length + (block.data?.length ?? 0) > most) throw new Failure('unreachable', 'an event has no end');
  };
}
