import { describe, expect, it } from 'vitest';
import { readIdentity } from '../../../src/core/store/identity.ts';
import { stores } from '../../helpers/stores.ts';

describe.each(stores)('the name of a store on $name', ({ open }) => {
  it('is the same for all who work on it, also when they ask at once, and no other store has it', async () => {
    const [store, another] = [await open(), await open()];
    const second = await store.another();
    const asked = await Promise.all([store, second, store, second].map(readIdentity));
    expect(new Set([...asked, await readIdentity(store)]).size).toBe(1);
    expect(asked[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(await readIdentity(another)).not.toBe(asked[0]);
    await store.close();
    await another.close();
  });
});
