import { describe, expect, it } from 'vitest';
import { defaultConfigPath, hcloudConfigPath, requireConfigPath } from '../../../src/core/config/paths.ts';
import { failureOf } from './home.ts';

describe('the configuration', () => {
  it.each([
    ['linux', { HOME: '/home/ann' }, '/home/ann/.config/cloudctl/config.toml'],
    ['linux', { HOME: '/home/ann', XDG_CONFIG_HOME: '/xdg' }, '/xdg/cloudctl/config.toml'],
    ['linux', { HOME: '/home/ann', XDG_CONFIG_HOME: 'relative' }, '/home/ann/.config/cloudctl/config.toml'],
    ['linux', { XDG_CONFIG_HOME: '/xdg' }, '/xdg/cloudctl/config.toml'],
    ['linux', {}, undefined],
    ['linux', { HOME: '' }, undefined],
    ['win32', { APPDATA: 'C:\\Data' }, 'C:\\Data\\cloudctl\\config.toml'],
    ['win32', { USERPROFILE: 'C:\\Ann' }, 'C:\\Ann\\AppData\\Roaming\\cloudctl\\config.toml'],
    ['win32', {}, undefined],
  ])('on %s with %j is %s', (platform, env, path) => {
    expect(defaultConfigPath({ platform, env })).toBe(path);
  });

  it.each([
    ['linux', { HOME: '/home/ann' }, '/home/ann/.config/hcloud/cli.toml'],
    ['linux', { HOME: '/home/ann', HCLOUD_CONFIG: '/etc/h.toml' }, '/etc/h.toml'],
    ['win32', { APPDATA: 'C:\\Data' }, 'C:\\Data\\hcloud\\cli.toml'],
    ['linux', {}, undefined],
  ])("of hcloud's on %s with %j is %s", (platform, env, path) => {
    expect(hcloudConfigPath({ platform, env })).toBe(path);
  });

  it('that has no place fails only where a file is needed', async () => {
    expect(requireConfigPath('/x')).toBe('/x');
    expect(await failureOf(() => requireConfigPath(undefined))).toMatchObject({
      code: 'usage',
      hint: 'Set HOME, XDG_CONFIG_HOME or CLOUDCTL_CONFIG',
    });
  });
});
