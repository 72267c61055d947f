import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { createLog } from '../../../src/daemon/log.ts';

async function open(format: 'json' | 'text' = 'json', level = 'info') {
  const lines: string[] = [];
  const log = await createLog({
    level,
    format,
    output: { write: line => void lines.push(line) },
    now: () => Date.parse('2026-11-25T08:00:00Z'),
  });
  return { log, lines };
}

describe('the log of the daemon', () => {
  it('writes one object a line, with time, level and message', async () => {
    const { log, lines } = await open();
    log.info('ready', { pid: 7, text: 'a\nb' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'info',
      time: '2026-11-25T08:00:00.000Z',
      msg: 'ready',
      pid: 7,
      text: 'a\nb',
    });
  });

  it('leaves out what is less severe than its level, which can change', async () => {
    const { log, lines } = await open('json', 'warn');
    log.info('no');
    log.setLevel('debug');
    log.debug('yes');
    expect(lines.map(line => JSON.parse(line).msg)).toEqual(['yes']);
  });

  it('is for people on a terminal, and no field can move its cursor', async () => {
    const { log, lines } = await open('text');
    log.warn('slow', { ms: 12, name: 'a b', evil: '\u001b[2J\u009b1m' });
    expect(lines[0]).toBe('08:00:00.000 warn  slow ms=12 name="a b" evil="\\u001b[2J?1m"\n');
  });

  it.each(['json', 'text'] as const)('never shows a secret, by key or by value, in %s', async format => {
    const { log, lines } = await open(format);
    const secret = 'k"9\\ü'.padEnd(20, 'S3cr3t');
    log.hide(secret);
    log.hide('plainT0ken');
    log.info(`sent ${secret} and plainT0ken`, {
      a: { b: [{ c: `x${secret}y` }] },
      url: `https://h/?q=${encodeURIComponent(secret)}`,
    });
    log.error('failed', {
      error: new Error(`bad ${secret}`, { cause: secret }),
      failure: new Failure('unreachable', `no ${secret}`),
    });
    log.info('headers', {
      authorization: 'Bearer other-one',
      cookie: 'c=1',
      nested: { password: 'pw1', apiToken: 't1' },
      text: 'Authorization: Bearer zzz.yyy',
    });
    log.info('store', { url: 'mysql://root:hunter2@db/x' });
    log.with({ token: 'withone', request_id: 'r1' }).info('child');
    const text = lines.join('');
    for (const one of ['S3cr3t', 'plainT0ken', 'other-one', 'c=1', 'pw1', 't1"', 'zzz', 'hunter2', 'withone'])
      expect(text).not.toContain(one);
    expect(text).toContain('r1');
    expect(lines).toHaveLength(5);
  });

  it('takes fields of every kind', async () => {
    const { log, lines } = await open();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    log.info('odd', { big: 10n, none: undefined, nothing: null, circle, list: new Array(1000).fill(1) });
    expect(JSON.parse(lines[0]!)).toMatchObject({ big: '10', nothing: null });
    expect(lines[0]!.length).toBeLessThan(2000);
  });
});
