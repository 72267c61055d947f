import { describe, expect, it } from 'vitest';
import { auditKeyOf, createMask, isSigned, publicKeyOf, signPoint } from '../../../src/core/audit/keys.ts';
import { newKey } from './entries.ts';

describe('the key of the audit log', () => {
  it('is the same for the same key of the store, and another for another', () => {
    const [one, same, other] = [1, 1, 2].map(byte => auditKeyOf(new Uint8Array(32).fill(byte)));
    expect(one!.asymmetricKeyType).toBe('ed25519');
    expect(one!.equals(same!)).toBe(true);
    expect(one!.equals(other!)).toBe(false);
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
