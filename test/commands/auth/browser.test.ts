import { describe, expect, it } from 'vitest';
import { browserCommand, refusal } from '../../../src/commands/auth/browser.ts';

const endpoint = 'https://api.workos.com';

describe('the page of a sign-in', () => {
  it.each([
    'https://auth.workos.com/device',
    'https://youthful-ruin-12.authkit.app/device?user_code=ABCD-EFGH',
    'https://api.workos.com/device',
  ])('is opened at %s', page => {
    expect(refusal(page, { endpoint })).toBeUndefined();
  });

  it.each([
    ['http://auth.workos.com/device', 'not https'],
    ['http://127.0.0.1:4000/device', 'not https'],
    ['file:///etc/passwd', 'not https'],
    ['javascript:alert(1)', 'not https'],
    ['not an address', 'not https'],
    ['https://workos.com.evil.example/device', 'not where sign-ins are expected'],
    ['https://evil-workos.com/device', 'not where sign-ins are expected'],
    ['https://evilauthkit.app/device', 'not where sign-ins are expected'],
    ['https://workos.com@evil.example/device', 'user name'],
    ['https://evil.example/?x=.authkit.app', 'not where sign-ins are expected'],
  ])('is not opened at %s', (page, reason) => {
    expect(refusal(page, { endpoint })).toContain(reason);
  });

  it('is opened at the domain that is set, and then at no other', () => {
    const domain = 'login.example.com';
    expect(refusal('https://login.example.com/device', { endpoint, domain })).toBeUndefined();
    expect(refusal('https://x.login.example.com/device', { endpoint, domain })).toContain('not where');
    expect(refusal('https://auth.workos.com/device', { endpoint, domain })).toContain('not where');
  });
});

describe('the browser', () => {
  const page = 'https://auth.workos.com/device?a=b&c=d';
  const command = (platform: string, env: Record<string, string> = {}) => browserCommand({ platform, env }, page);

  it('is the one that BROWSER names, else that of the desktop, started without a shell', () => {
    expect(command('linux', { BROWSER: 'lynx' })).toEqual(['lynx', page]);
    expect(command('linux', { DISPLAY: ':0' })).toEqual(['xdg-open', page]);
    expect(command('darwin')).toEqual(['open', page]);
    expect(command('win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', page]);
  });

  it('is none without a desktop, nor over ssh', () => {
    expect(command('linux')).toBeUndefined();
    expect(command('darwin', { SSH_CONNECTION: '1' })).toBeUndefined();
  });
});
