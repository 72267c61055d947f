import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeFailure } from '../../../src/commands/output/errors.ts';
import { Failure } from '../../../src/core/failure.ts';
import { fakeScreen } from '../../helpers/screen.ts';

function shown(failure: Failure, machine = false): string {
  const err = fakeScreen();
  writeFailure(err, failure, machine);
  return err.text;
}

test('a failure is one line, then the command to try, then the id for support', () => {
  const failure = new Failure('not_found', 'server not found: web-1', {
    hint: 'cloudctl server list',
    correlationId: 'abc123',
  });
  expect(shown(failure)).toBe(
    'cloudctl: server not found: web-1\nTry: cloudctl server list\n(correlation id abc123)\n',
  );
});

test('a hint that is a sentence stands as it is', () => {
  expect(shown(new Failure('usage', 'bad', { hint: 'Such as 30s\nor 2h' }))).toBe(
    'cloudctl: bad\nSuch as 30s\nor 2h\n',
  );
});

test('each bad field has a line', () => {
  const details = { fields: [{ name: 'name', messages: ['too long', 'taken'] }, { name: 'size' }, {}, null] };
  expect(shown(new Failure('refused', 'invalid input', { details }))).toBe(
    'cloudctl: invalid input\n- name: too long, taken\n- size\n',
  );
});

test('each failed action has a line', () => {
  const action = { id: 1, command: 'start_server', status: 'error', resources: [{ id: 42, type: 'server' }] };
  const details = [
    { ...action, error: { code: 'no_space', message: 'no space left' } },
    { ...action, resources: [], error: { code: 'x', message: 'y' } },
  ];
  expect(shown(new Failure('refused', '2 of 3 actions failed', { details }))).toBe(
    'cloudctl: 2 of 3 actions failed\n- start_server (server 42): no space left (no_space)\n- start_server: y (x)\n',
  );
});

test('of several targets those that failed have a line', () => {
  const details = [
    { target: 'web-1', ok: true },
    { target: 'web-2', ok: false, error: new Failure('not_found', 'server not found: web-2') },
    { target: 'web-3', error: undefined },
  ];
  expect(shown(new Failure('partial', '2 of 3 failed', { details }))).toBe(
    'cloudctl: 2 of 3 failed\n- web-2: server not found: web-2\n- web-3: failed\n',
  );
});

test('details of another shape are for programs only', () => {
  for (const details of ['text', 7, null, {}, { limits: [{ name: 'x' }] }, ['a', { b: 1 }]]) {
    expect(shown(new Failure('refused', 'no', { details }))).toBe('cloudctl: no\n');
  }
});

test('a call that may have had its effect is said to', () => {
  expect(shown(new Failure('timeout', 'no answer', { ambiguous: true }))).toBe(
    'cloudctl: no answer\nIt may have had its effect all the same\n',
  );
});

test('a further line of a message is indented, so that none can pass for another message', () => {
  expect(shown(new Failure('refused', 'bad\ncloudctl: all is well\x1b'))).toBe(
    'cloudctl: bad\n  cloudctl: all is well\\x1b\n',
  );
});

test('for a program it is one object on one line, with every key always there', () => {
  const text = shown(new Failure('not_found', 'server not found: web-1'), true);
  expect(text.indexOf('\n')).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual({
    error: {
      code: 'not_found',
      message: 'server not found: web-1',
      details: null,
      correlation_id: null,
      exit: 5,
      api_code: null,
    },
  });
});

test('a program gets hint, ambiguity, details and the failures within them', () => {
  const inner = new Failure('conflict', 'locked', { apiCode: 'locked' });
  const failure = new Failure('partial', '1 of 2 failed', {
    hint: 'again',
    ambiguous: true,
    correlationId: 'abc',
    details: [{ target: 'a', error: inner }],
  });
  expect(JSON.parse(shown(failure, true)).error).toMatchObject({
    hint: 'again',
    ambiguous: true,
    correlation_id: 'abc',
    details: [{ target: 'a', error: { code: 'conflict', message: 'locked', api_code: 'locked', exit: 6 } }],
  });
});

test('no raw control character is written, whatever the API said', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, text, fc.boolean(), (message, hint, name, machine) => {
      const details = { fields: [{ name, messages: [message] }] };
      const written = shown(new Failure('refused', message, { hint, details, correlationId: name }), machine);
      expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
    }),
  );
});
