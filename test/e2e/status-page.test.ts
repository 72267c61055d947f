import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Watched } from '../../src/core/status-page/page.ts';
import { writePage } from '../../src/core/status-page/write.ts';
import { pageOf } from '../core/status-page/make.ts';
import { which } from './binary.ts';

const found = which('chromium');
if (!found) console.warn('no chromium: the status page is not looked at in a browser');

const [hour, day] = [3_600_000, 86_400_000];
const now = Date.parse('2026-11-25T15:41:00Z');

/** A check of each state, one of a name that wants to be more than a name. */
function checks(): Watched[] {
  const since = now - 100 * day;
  const up = { state: 'up', from: since, to: null, reason: '' };
  const plain = { group: 'Web', state: 'up', since, paused: false, windows: [], intervals: [up] };
  const down = [
    { ...up, to: now - hour },
    { ...up, state: 'down', from: now - hour },
  ];
  return [
    { ...plain, name: 'www' },
    { ...plain, name: 'a-name-without-any-blank-that-is-far-too-long-for-a-phone-and-cannot-be-broken'.repeat(2) },
    { ...plain, name: '<img src=x onerror=alert(1)>', group: '<script>alert(2)</script>' },
    { ...plain, name: 'shop', state: 'down', intervals: down },
    { ...plain, name: 'mail', state: 'unknown', intervals: [{ ...up, state: 'unknown' }] },
    { ...plain, name: 'db', windows: [{ from: now - hour, to: now + hour }] },
    { ...plain, name: 'old', paused: true, state: 'new', intervals: [] },
  ];
}

describe.skipIf(!found)('the status page in a browser', () => {
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const planned = [
      { name: 'New "disks" & <b>more</b>', window: { from: now + day, to: now + 2 * day }, checks: ['db'] },
    ];
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-page-'));
    address = `file://${writePage(folder, pageOf(checks(), planned, { title: 'Example', reasons: false }, now)).page}`;
    // Root's browser has no sandbox of its own.
    const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    browser = await chromium.launch({ executablePath: found!, args });
  });
  afterAll(() => browser?.close());

  it.each([
    [1200, 'light'],
    [390, 'light'],
    [390, 'dark'],
    [320, 'dark'],
  ] as const)('fits %i pixels in %s, runs nothing, loads nothing, and can be read', async (width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const wrong: string[] = [];
    page.on('dialog', dialog => {
      wrong.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', message => wrong.push(message.text()));
    page.on('request', request => {
      if (request.url() !== address && !request.url().startsWith('data:')) wrong.push(request.url());
    });
    await page.goto(address);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.title()).toBe('Example: Some systems are down');
    expect(await page.locator('h2').allTextContents()).toContain('<script>alert(2)</script>');
    expect(await page.locator('.name').allTextContents()).toContain('<img src=x onerror=alert(1)>');
    expect(await page.locator('img, script').count()).toBe(0);
    // Words on cards and on the page, as the Web Content Accessibility Guidelines want them.
    const contrasts = (await page.evaluate(measureContrasts)) as { text: string; ratio: number }[];
    expect(contrasts.length).toBeGreaterThan(20);
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    expect(wrong).toEqual([]);
    await page.close();
  });
});

/** Runs in the page: each text with the contrast to what is behind it. */
const measureContrasts = `(() => {
  const parse = color => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map(one => one / 255)
    .map(one => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('h1,h2,span,div,p,li,time,b')]
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== ''))
    .map(element => {
      const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
      return { text: element.textContent, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
    });
})()`;
