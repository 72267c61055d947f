import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellLine, sshArguments } from '../../../src/core/ssh/arguments.ts';

const target = { address: '192.0.2.1', user: 'root', port: 22, rest: [] };
const knownHosts = { file: '/home/me/a b/known%hosts', alias: 'cloudctl-42' };

describe('the arguments of ssh', () => {
  it('name user, port, key and host, then what was typed', () => {
    expect(sshArguments({ ...target, identity: 'key', rest: ['-L', '8080:localhost:80', 'uptime', '-p'] })).toEqual([
      '-l',
      'root',
      '-p',
      '22',
      '-i',
      'key',
      '192.0.2.1',
      '-L',
      '8080:localhost:80',
      'uptime',
      '-p',
    ]);
  });

  it('keep the host key in a file of its own, under a name that is no address', () => {
    expect(sshArguments({ ...target, knownHosts })).toEqual([
      ...['-l', 'root', '-p', '22'],
      ...['-o', 'UserKnownHostsFile="/home/me/a b/known%%hosts"'],
      ...['-o', 'StrictHostKeyChecking=accept-new', '-o', 'HostKeyAlias=cloudctl-42', '192.0.2.1'],
    ]);
  });

  it.each([
    [['-l', 'me'], '-l'],
    [['-p2222'], '-p'],
    [['-vp', '2222'], '-p'],
    [['-o', 'Port=2222'], '-p'],
    [['-oUser me'], '-l'],
  ])('give way to %j, since ssh takes the first of two', (rest, ours) => {
    const words = sshArguments({ ...target, rest });
    expect(words.slice(0, words.indexOf('192.0.2.1'))).not.toContain(ours);
  });

  it('give way to typed options about host keys', () => {
    const rest = ['-4', '-o', 'stricthostkeychecking=no', '-oUserKnownHostsFile=/dev/null'];
    const words = sshArguments({ ...target, knownHosts, rest }).slice(0, -rest.length);
    expect(words).toEqual(['-l', 'root', '-p', '22', '-o', 'HostKeyAlias=cloudctl-42', '192.0.2.1']);
  });

  it('are not taken from the command', () => {
    expect(sshArguments({ ...target, rest: ['ls', '-l', '/'] }).slice(0, 2)).toEqual(['-l', 'root']);
    expect(sshArguments({ ...target, rest: ['--', 'x', '-p', '1'] }).slice(2, 4)).toEqual(['-p', '22']);
    expect(sshArguments({ ...target, rest: ['-o'] })).toContain('-o');
  });
});

describe('a line for a shell', () => {
  it('means the same words to a shell', () => {
    const words = fc.array(fc.string({ unit: 'grapheme-ascii' }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(words, list => {
        const line = `printf '%s\\0' ${shellLine(list)}`;
        expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe(
          list.map(word => `${word}\0`).join(''),
        );
      }),
      { numRuns: 20 },
    );
  });
});
