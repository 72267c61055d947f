import { describe, expect, it } from 'vitest';
import { declarationOf, requirePreference, requireSetting, settingNames } from '../../../src/core/config/keys.ts';
import { environmentNames, globalFields, settings } from '../../../src/core/config/settings.ts';
import { failureOf } from './home.ts';

describe('the name of a setting', () => {
  it.each(['poll-interval', 'poll_interval', 'POLL_INTERVAL'])('may be typed as %s', typed => {
    expect(requireSetting(typed).name).toBe('poll-interval');
  });

  it('may be one of a family, such as hcloud has', () => {
    for (const typed of ['sort.floating-ip', 'sort.floating_ip', 'columns.server', 'sort.load-balancer-type']) {
      expect(requireSetting(typed).setting.type).toBe('list');
    }
  });

  it('that is unknown fails with the one that was meant', async () => {
    expect(await failureOf(() => requireSetting('pol-interval'))).toMatchObject({
      code: 'usage',
      message: 'unknown setting: pol-interval',
      hint: expect.stringContaining('Did you mean poll-interval?'),
    });
    expect((await failureOf(() => requireSetting('sort.sever'))).hint).toContain('sort.server');
    expect((await failureOf(() => requireSetting('xyzzy'))).hint).toBe('cloudctl config list -a');
    expect((await failureOf(() => requireSetting('constructor'))).code).toBe('usage');
  });

  it('that the file does not keep fails with the place that does', async () => {
    expect((await failureOf(() => requirePreference('context'))).hint).toBe('cloudctl context use <name>');
    expect((await failureOf(() => requirePreference('token'))).hint).toContain('CLOUDCTL_TOKEN');
    expect((await failureOf(() => requirePreference('yes'))).hint).toBe('Give --yes, or set CLOUDCTL_YES');
  });

  it('has a declaration, whichever it is', () => {
    for (const name of settingNames()) expect(declarationOf(name).summary).not.toBe('');
  });
});

describe('a setting', () => {
  it("is read from cloudctl's variable first and from hcloud's where hcloud has it", () => {
    expect(environmentNames('poll-interval', settings['poll-interval'])).toEqual([
      'CLOUDCTL_POLL_INTERVAL',
      'HCLOUD_POLL_INTERVAL',
    ]);
    expect(environmentNames('sort.floating-ip', declarationOf('sort.floating-ip'))).toEqual([
      'CLOUDCTL_SORT_FLOATING_IP',
      'HCLOUD_SORT_FLOATING_IP',
    ]);
    expect(environmentNames('yes', settings.yes)).toEqual(['CLOUDCTL_YES']);
  });

  it('that is secret has no flag', () => {
    expect(globalFields).toHaveProperty('endpoint');
    expect(Object.values(globalFields).filter(({ secret }) => secret)).toEqual([]);
    expect(globalFields).not.toHaveProperty('token');
  });
});
