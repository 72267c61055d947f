import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { fold, mostFolded } from '../../../src/core/notify/digest.ts';
import { writeHtml } from '../../../src/core/notify/html.ts';
import { kinds } from '../../../src/core/notify/kinds/index.ts';
import { lastOfEach, type Message, writeText } from '../../../src/core/notify/message.ts';
import { decide, retryDelays } from '../../../src/core/notify/retry.ts';
import { readRetryAfter } from '../../../src/core/notify/retry-after.ts';
import { checkSettings, kindOf, settingFlags, shownSettings } from '../../../src/core/notify/settings.ts';
import { signWebhook } from '../../../src/core/notify/sign.ts';
import { applyTemplates, readTemplate } from '../../../src/core/notify/template.ts';
import { takeTurn, type Waiting } from '../../../src/core/notify/turn.ts';
import { createGuard } from '../../../src/core/transport/guard.ts';
import { messageOf } from '../../daemon/alerts/bench.ts';

const hour = 3_600_000;

describe('the signature of a webhook', () => {
  it('is that of the published example of Standard Webhooks', () => {
    const example = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', now: 1614265330_000, body: '{"test": 2432232314}' };
    const headers = signWebhook(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], example);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(headers['webhook-timestamp']).toBe('1614265330');
  });

  it('is made with both keys while they change, and refuses what is no key without telling it', () => {
    const [one, two] = [32, 33].map(byte => `whsec_${Buffer.alloc(24, byte).toString('base64')}`);
    const of = { id: 'a', now: 0, body: '' };
    const both = signWebhook([one!, two!], of)['webhook-signature']!.split(' ');
    expect(both).toEqual([one, two].map(key => signWebhook([key!], of)['webhook-signature']));
    expect(() => signWebhook(['whsec_short'], of)).toThrow(/^the secret is not one of Standard Webhooks$/);
  });
});

describe('the guard of addresses', () => {
  const guard = (answers: readonly string[], allowed: readonly string[] = []) =>
    createGuard(
      async () => answers.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      () => allowed,
      'allow-private-targets',
    );
  const closed = [
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...[
      '::1',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      'ff02::1',
      '2002:7f00:1::',
    ],
  ];

  it.each(closed)('lets nobody to %s, by number or by name', async address => {
    await expect(guard([address])('example.com')).rejects.toMatchObject({ code: 'refused' });
    await expect(guard([])(address.includes(':') ? `[${address}]` : address)).rejects.toMatchObject({
      code: 'refused',
    });
    await expect(guard(['93.184.216.34', address])('example.com')).rejects.toMatchObject({ code: 'refused' });
  });

  it('lets to the internet, and to networks of the own that are allowed', async () => {
    expect(await guard(['93.184.216.34', '2a01:4f8::1'])('example.com')).toHaveLength(2);
    expect(await guard(['10.1.2.3'], ['10.0.0.0/8'])('a')).toEqual([{ address: '10.1.2.3', family: 4 }]);
    expect(await guard([], ['::1'])('[::1]')).toEqual([{ address: '::1', family: 6 }]);
    await expect(guard(['10.1.2.3'], ['10.1.2.4'])('a')).rejects.toMatchObject({ code: 'refused' });
    await expect(guard([])('nowhere')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('another try', () => {
  const failure = (code: Failure['code'], more = {}) => new Failure(code, 'x', more);

  it('comes ten times within 75 to 84 hours where it may pass, and three times where it was refused', () => {
    const tries = (code: Failure['code'], random: number) => {
      let [at, count] = [0, 1];
      for (;;) {
        const verdict = decide(failure(code), count - 1, at, random);
        if (typeof verdict === 'string') return { at, count, verdict };
        at = verdict.retryAt;
        count += 1;
      }
    };
    for (const code of ['unreachable', 'timeout', 'limited'] as const) {
      expect(tries(code, 0)).toMatchObject({ count: 10, verdict: 'dead' });
      expect(tries(code, 0).at / hour).toBeCloseTo(75.585, 1);
      expect(tries(code, 0.999).at / hour).toBeLessThan(84);
    }
    expect(tries('refused', 0)).toEqual({ at: 305_000, count: 3, verdict: 'dead' });
    expect(retryDelays).toHaveLength(9);
  });

  it('is never sooner than the other side has named, and never comes after 410', () => {
    const later = failure('limited', { details: { retryAfter: 7 * hour } });
    expect(decide(later, 0, 1000, 0)).toEqual({ retryAt: 1000 + 7 * hour });
    expect(decide(failure('refused', { apiCode: 'gone' }), 0, 0, 0)).toBe('disable');
  });

  it('is named in seconds or as a date, a day at the most', () => {
    const now = Date.parse('2026-11-25T10:00:00Z');
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Wed, 25 Nov 2026 10:05:00 GMT', now)).toBe(300_000);
    expect(readRetryAfter('Wed, 25 Nov 2020 10:05:00 GMT', now)).toBe(0);
    expect(readRetryAfter('999999999', now)).toBe(24 * hour);
    for (const text of [undefined, '', 'soon']) expect(readRetryAfter(text, now)).toBeUndefined();
  });
});

describe('the turn of a message', () => {
  const pace = { rate: 30, maxAge: hour, allowance: 30, allowedAt: 0 };
  const waiting = (id: number, more: Partial<Waiting> = {}): Waiting => ({
    ...{ id, threads: [`t${id}`], isDigest: false, isSending: false, attempts: 0, nextAt: 0, created: 0 },
    ...more,
  });
  const queues = fc.array(
    fc.record({
      threads: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      isDigest: fc.boolean(),
      isSending: fc.boolean(),
      attempts: fc.nat(3),
      nextAt: fc.nat(hour),
      created: fc.nat(2 * hour),
    }),
    { minLength: 1, maxLength: 30 },
  );

  it('never comes while another one is being sent, nor before an older one of its thread', () => {
    fc.assert(
      fc.property(queues, fc.nat(29), fc.nat(3 * hour), (rows, at, now) => {
        const all = rows.map((row, id) => ({ ...row, id }));
        const own = all[at % all.length]!;
        if (takeTurn(own, all, pace, now) !== 'send') return;
        const others = all.filter(one => one !== own);
        expect(others.some(one => one.isSending)).toBe(false);
        expect(others.some(one => one.id < own.id && one.threads.some(thread => own.threads.includes(thread)))).toBe(
          false,
        );
      }),
    );
  });

  it('is later than now where it is not at once', () => {
    fc.assert(
      fc.property(
        queues,
        fc.nat(29),
        fc.nat(3 * hour),
        fc.integer({ min: -50, max: 30 }),
        (rows, at, now, allowance) => {
          const all = rows.map((row, id) => ({ ...row, id }));
          const turn = takeTurn(all[at % all.length]!, all, { ...pace, allowance, allowedAt: now }, now);
          if (typeof turn === 'object') expect(turn.again).toBeGreaterThan(now);
        },
      ),
    );
  });

  it('goes into a digest with many or when it is old, and waits behind an older one of its thread', () => {
    const own = waiting(50, { created: 2 * hour });
    const many = Array.from({ length: 20 }, (_, id) => waiting(id));
    expect(takeTurn(own, [...many, own], pace, 2 * hour)).toBe('fold');
    expect(takeTurn(own, [own], pace, 4 * hour)).toBe('fold');
    const older = waiting(1, { threads: own.threads, attempts: 1, nextAt: 3 * hour });
    expect(takeTurn(own, [older, own], pace, 2 * hour)).toEqual({ again: 3 * hour });
    expect(takeTurn(own, [waiting(1, { attempts: 1 }), own], pace, 2 * hour)).toBe('send');
    const digest = waiting(60, { isDigest: true });
    expect(takeTurn(digest, [digest], pace, 9 * hour)).toBe('send');
  });
});

describe('a digest', () => {
  it('holds every message once and in order, whatever is folded into what', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(99), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        sizes => {
          let n = 0;
          const messages = sizes.map(ids => {
            const own = ids.map(() => messageOf(`m${n++}`));
            return own.length === 1 ? own[0]! : fold(own, `d${n}`, 0);
          });
          const digest = fold(messages, 'd', 5);
          expect(digest.messages!.map(({ id }) => id)).toEqual(Array.from({ length: n }, (_, at) => `m${at}`));
          for (const { title } of digest.messages!) expect(digest.text).toContain(title);
        },
      ),
    );
    expect(mostFolded).toBeGreaterThan(1000);
  });

  it('says of each thread what was last', () => {
    const digest = fold([messageOf('a'), messageOf('b'), messageOf('c', { thread: 'a', status: 'resolved' })], 'd', 0);
    expect(lastOfEach(digest).map(({ id }) => id)).toEqual(['b', 'c']);
  });
});

describe('the text of a message', () => {
  it('is never longer than it may be, and says how much is left out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 80 }), { maxLength: 60 }),
        fc.integer({ min: 100, max: 500 }),
        (lines, most) => {
          const written = writeText({ title: 'title', text: lines.join('\n') }, most);
          expect(written.length).toBeLessThanOrEqual(most);
        },
      ),
    );
    const long = writeText({ title: 't', text: 'line\n'.repeat(100) }, 200);
    expect(long).toMatch(/\.\.\. and \d+ more lines: cloudctl inbox list$/);
  });

  it('holds no markup of its own in HTML', () => {
    expect(writeHtml(messageOf('a', { title: '<script>', text: '<b>"&' }))).not.toMatch(/<script>|<b>/);
  });
});

describe('a template', () => {
  const message: Message = messageOf('a', {
    alerts: [{ key: 'k', firing: true, severity: 'info', labels: { x: 'y' }, summary: 's', at: 0 }],
  });

  it('says fields and labels, and refuses a field that there is not', () => {
    expect(readTemplate('{{ severity }}: {{summary}} {{labels.server}}{{labels.none}} {{count}}')(message)).toBe(
      'critical: s web-1 1',
    );
    expect(() => readTemplate('{{title}}\n\n{{sumary}}')).toThrow('line 3: there is no field {{sumary}}');
    for (const text of ['{{', 'a }} b', '{{constructor}}', '{{labels.}}', '{{__proto__}}'])
      expect(() => readTemplate(text), text).toThrow(Failure);
  });

  it('takes nothing from a digest, in which each message has to be found again', () => {
    const templates = { subject: '{{severity}}', body: '{{summary}}' };
    const digest = fold([messageOf('a'), messageOf('b')], 'd', 0);
    expect(applyTemplates(digest, templates)).toEqual(digest);
    expect(applyTemplates(message, templates)).toMatchObject({ title: 'critical', text: 's' });
  });

  it('takes any text without a crash, in time that grows with its length', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{{', '}}', ' ', 'title', 'labels.', 'x', '\n', '{', '}')), parts => {
        try {
          expect(typeof readTemplate(parts.join(''))(message)).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('settings of channels', () => {
  it('are flags with no secret among them: those are read from files', () => {
    const flags = settingFlags();
    for (const [name, flag] of Object.entries(flags))
      expect(name.endsWith('-file')).toBe(Boolean(flag.secret) || name === 'ca-file');
    expect(flags.url!.summary).toContain('(webhook, telegram, ntfy, gotify, pagerduty)');
  });

  it('are complete and known to the kind, and secrets are not shown', () => {
    const webhook = kindOf('webhook');
    expect(() => checkSettings(webhook, {})).toThrow('needs url');
    expect(() => checkSettings(webhook, { url: 'https://a', topic: 'x' })).toThrow('has no topic');
    expect(() => checkSettings(webhook, { url: 'ftp://a' })).toThrow('not an http or https address');
    const settings = checkSettings(webhook, {
      url: 'https://a',
      secret: `whsec_${Buffer.alloc(24).toString('base64')}`,
    });
    expect(shownSettings(webhook, settings)).toEqual({ url: 'https://a', secret: '***', previous_secret: null });
    expect(() => kindOf('pigeon')).toThrow('no channel of the type pigeon');
    expect(kinds.size).toBe(11);
  });
});
