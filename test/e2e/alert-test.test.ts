import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runBinary } from './binary.ts';

const folder = mkdtempSync(join(tmpdir(), 'cloudctl-alert-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The same in each of the formats: a database that is down for an hour, and who hears of it. */
const files = {
  'alerts.toml': `until = "2h"

[[routes]]
name = "databases"
match = ["team=db"]
channel = ["ops"]
group_wait = "10s"
escalate_after = "15m"
escalate_to = ["boss"]

[[conditions]]
key = "check/1"
labels = { team = "db" }
summary = "db is down"

[[conditions]]
at = "1h"
key = "check/1"
state = "resolved"
labels = { team = "db" }
summary = "db is up"

[[expect]]
at = "10s"
channels = ["ops"]
title = "FIRING: db is down"

[[expect]]
at = "15m10s"
channels = ["boss"]

[[expect]]
at = "1h10s"
title = "RESOLVED: db is up"
`,
  'alerts.yaml': `until: 2h
routes:
  - name: databases
    match: [team=db]
    channel: [ops]
    group_wait: 10s
    escalate_after: 15m
    escalate_to: [boss]
conditions:
  - { key: check/1, labels: { team: db }, summary: db is down }
  - { at: 1h, key: check/1, state: resolved, labels: { team: db }, summary: db is up }
expect:
  - { at: 10s, channels: [ops], title: 'FIRING: db is down' }
  - { at: 15m10s, channels: [boss] }
  - { at: 1h10s, title: 'RESOLVED: db is up' }
`,
  'alerts.json': JSON.stringify({
    until: '2h',
    routes: [
      {
        ...{ name: 'databases', match: ['team=db'], channel: ['ops'], group_wait: '10s' },
        ...{ escalate_after: '15m', escalate_to: ['boss'] },
      },
    ],
    conditions: [
      { key: 'check/1', labels: { team: 'db' }, summary: 'db is down' },
      { at: '1h', key: 'check/1', state: 'resolved', labels: { team: 'db' }, summary: 'db is up' },
    ],
    expect: [{ at: '10s', title: 'FIRING: db is down' }, { at: '15m10s' }, { at: '1h10s' }],
  }),
};

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const play = (...argv: string[]) => runBinary(undefined, ['alert', 'test', ...argv]);

describe('the built cloudctl alert test', () => {
  it.each(Object.entries(files))('plays %s in virtual time, and shows who is told what', async (name, text) => {
    expect(await play(write(name, text))).toMatchObject({
      status: 0,
      err: '',
      out: [
        '00:00:10  ops  FIRING: db is down',
        '00:15:10  boss  Not acknowledged for 15 min: FIRING: db is down',
        '01:00:10  ops, boss  RESOLVED: db is up',
        '',
      ].join('\n'),
    });
  });

  it('ends with 6 and says what was not heard and what was not expected', async () => {
    const other = files['alerts.yaml'].replace('at: 15m10s', 'at: 20m');
    expect(await play(write('other.yml', other))).toMatchObject({
      status: 6,
      err: expect.stringMatching(/not heard at 1200s: a message; not expected at 910s: Not acknowledged/),
    });
  });

  it('reads standard input as TOML or JSON', async () => {
    for (const name of ['alerts.toml', 'alerts.json'] as const)
      expect(await runBinary(undefined, ['alert', 'test', '-'], { stdin: files[name] })).toMatchObject({ status: 0 });
  });

  it('ends with 2 for a file that cannot be read as what it is, with its name and place', async () => {
    const cases: [string, string, string | RegExp][] = [
      ['bad.yaml', 'routes: [', /bad\.yaml: .* at line 1/],
      ['list.yaml', '- a', 'it is not a table'],
      ['bad.toml', 'routes = ', 'bad.toml: '],
      ['bad.json', '{', 'bad.json: '],
      ['key.yaml', 'routes:\n  - chanel: [ops]\n', 'routes 1: unknown key: chanel'],
      // A document of a few bytes that means a million entries.
      ['bomb.yaml', `${bomb()}`, 'bomb.yaml: '],
    ];
    for (const [name, text, message] of cases) {
      const { status, err } = await play(write(name, text));
      expect({ name, status }).toEqual({ name, status: 2 });
      expect(err).toMatch(message);
    }
    expect(await play(join(folder, 'none.toml'))).toMatchObject({ status: 2 });
  });
});

function bomb(): string {
  const levels = 'abcdefgh'.split('').map((name, place, all) => {
    const inner = place === 0 ? 'x' : `*${all[place - 1]}`;
    return `${name}: &${name} [${Array(10).fill(inner).join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}
