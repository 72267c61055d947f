import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SentEvent } from '../../../src/core/api.ts';
import { createEventReader } from '../../../src/core/events/read.ts';

function readAll(pieces: readonly string[]): SentEvent[] {
  const events: SentEvent[] = [];
  const read = createEventReader(event => events.push(event));
  for (const piece of pieces) read(piece);
  return events;
}

const word = fc.string().map(text => text.replace(/[\r\n\0]/g, '-'));
const sent = fc.record({
  id: word,
  event: word,
  data: fc.array(word, { minLength: 1 }).map(lines => lines.join('\n')),
});

describe('the reader of server-sent events', () => {
  it('gives what was sent, wherever the text is cut and however its lines end', () => {
    fc.assert(
      fc.property(
        fc.array(sent),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat({ max: 40 })),
        (events, end, cuts) => {
          const lines = events.flatMap(({ id, event, data }) => [
            ': a comment',
            `id: ${id}`,
            `event: ${event}`,
            ...data.split('\n').map(line => `data: ${line}`),
            '',
          ]);
          // A carriage return at the very end may be half of a line break: another line tells.
          const text = [...lines, ': over', ''].join(end);
          const pieces: string[] = [];
          let rest = text;
          for (const cut of cuts) {
            pieces.push(rest.slice(0, cut));
            rest = rest.slice(cut);
          }
          expect(readAll([...pieces, rest])).toEqual(events);
        },
      ),
    );
  });

  it('takes an id without data for a place in the stream, and passes over what it does not know', () => {
    expect(readAll(['retry: 2000\nid: 7\n: listening\n\n', 'id:8\ndata\n\n', ':\n\n', 'unknown: x\n\n'])).toEqual([
      { id: '7' },
      { id: '8', data: '' },
    ]);
  });

  it('gives an event up that has no end', () => {
    const read = createEventReader(() => {});
    const line = `data: ${'x'.repeat(2 ** 20)}\n`;
    expect(() => {
      for (let round = 0; round < 10; round += 1) read(line);
    }).toThrow('an event has no end');
  });
});
