import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/core/status-page/html.ts';
import type { StatusPage } from '../../../src/core/status-page/page.ts';
import { lengthOf, timesElement } from '../../../src/core/status-page/words.ts';
import { pageOf } from './make.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-25T15:00:00Z');

/** A page all of whose words are these. */
function pageNamed(text: string): StatusPage {
  const check = {
    ...{ name: text, group: text, state: 'down', since: now - hour, paused: false, windows: [] },
    intervals: [
      { state: 'down', from: now - 50 * hour, to: now - 40 * hour, reason: text },
      { state: 'up', from: now - 40 * hour, to: now - hour, reason: text },
      { state: 'down', from: now - hour, to: null, reason: text },
    ],
  };
  const planned = { name: text, window: { from: now + hour, to: now + 2 * hour }, checks: [text] };
  return pageOf([check], [planned], { title: text, reasons: true }, now);
}

/** The tags of a page with their attributes, and nothing of its text. */
const tagsOf = (html: string) => html.match(/<[a-z!/][^>]*>/gi) ?? [];

describe('the page as HTML', () => {
  it('has the same tags whatever things are called', () => {
    const plain = tagsOf(renderPage(pageNamed('web')));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        '</title></style></svg><script>',
        '&lt;b&gt;',
        '$&$1$`',
        ']]>-->',
      ),
    );
    fc.assert(
      fc.property(hostile, text => {
        expect(tagsOf(renderPage(pageNamed(text)))).toEqual(plain);
      }),
    );
  });

  it('shows hostile names as they are written', () => {
    const html = renderPage(pageNamed(`<b title='x'>"&`));
    expect(html).toContain('<span class="name">&#60;b title=&#39;x&#39;&#62;&#34;&#38;</span>');
    expect(html).not.toContain('<b ');
  });

  it('loads nothing, runs nothing, and tells its states in words', () => {
    const html = renderPage(pageNamed('web'));
    expect(html).not.toMatch(/<script|<link rel="stylesheet"|@import|url\(|src="|https?:\/\/(?!www\.w3\.org)/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('All systems are down');
    expect(html).toMatch(/aria-label="Last 90 days: 78 % up, down on 25 Nov 2026 for 1 h, 23 Nov 2026 for 10 h/);
    expect(html).toContain('<rect class="partial"');
    expect(html).toContain('since <time datetime="2026-11-25T14:00:00Z">25 Nov 2026, 14:00</time> (1 h)');
    expect(html).toContain('Planned');
  });

  it('stays small: days of which there is nothing to say cost no element each', () => {
    const calm = { state: 'up', since: now - 100 * 24 * hour, paused: false, windows: [], group: null };
    const intervals = [{ state: 'up', from: calm.since, to: null, reason: '' }];
    const checks = Array.from({ length: 200 }, (_, n) => ({ ...calm, name: `check-${n}`, intervals }));
    expect(renderPage(pageOf(checks, [], { title: 'many', reasons: false }, now)).length).toBeLessThan(600_000);
  });
});

describe('the words of the page', () => {
  it.each([
    [0, 'under a minute'],
    [59, 'under a minute'],
    [60, '1 min'],
    [3600, '1 h'],
    [3900, '1 h 5 min'],
    [90_000, '1 d 1 h'],
    [86_400 * 3 + 120, '3 d'],
  ])('tell %i seconds as %s', (seconds, words) => {
    expect(lengthOf(seconds)).toBe(words);
  });

  it('name the day of an end only where it is another one', () => {
    expect(timesElement('2026-11-25T14:00:00Z', '2026-11-25T16:00:00Z')).toMatch(
      /2026, 14:00<\/time> to <time [^>]*>16:00</,
    );
    expect(timesElement('2026-11-25T23:00:00Z', '2026-11-26T01:00:00Z')).toMatch(/to <time [^>]*>26 Nov 2026, 01:00</);
  });
});
