import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMask, isSigned, loadAuditKey, publicKeyOf, signPoint } from '../../../src/core/audit/keys.ts';
import { temporaryHome } from '../../helpers/run.ts';
import { newKey } from './entries.ts';

describe('the key of the audit log', () => {
  it('is made once, in a file that only its owner can read', () => {
    const file = join(temporaryHome(), 'state', 'audit.key');
    const first = loadAuditKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadAuditKey(file).equals(first)).toBe(true);
    expect(readdirSync(join(file, '..'))).toEqual(['audit.key']);
  });

  it('is refused when others can read it, or when it is none, without a word of what is in the file', () => {
    const file = join(temporaryHome(), 'audit.key');
    writeFileSync(file, 'hunter2', { mode: 0o600 });
    expect(() => loadAuditKey(file)).toThrow(/no private key of Ed25519: .*audit.key$/);
    expect(() => loadAuditKey(file)).not.toThrow(/hunter2/);
    chmodSync(file, 0o644);
    expect(() => loadAuditKey(file)).toThrow(/can be read by others/);
  });

  it('signs what its public half can check', () => {
    const key = newKey();
    const point = { seq: 1, at: 2, hash: 'a' };
    const signature = signPoint(key, point);
    expect(isSigned(publicKeyOf(key), { ...point, signature })).toBe(true);
    expect(isSigned(key, { ...point, seq: 2, signature })).toBe(false);
    expect(isSigned(newKey(), { ...point, signature })).toBe(false);
    expect(isSigned(key, { ...point, signature: 'nonsense' })).toBe(false);
  });

  it('masks a secret alike each time, and otherwise under another key', () => {
    const [key, other] = [newKey(), newKey()];
    expect(createMask(key)('hunter2')).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(createMask(key)('hunter2')).toBe(createMask(key)('hunter2'));
    expect(createMask(key)('hunter2')).not.toBe(createMask(other)('hunter2'));
  });
});
