import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/core/store/open.ts';
import { failureOf, temporaryFolder } from './folder.ts';

describe('the address of a store', () => {
  it('is a path, with a scheme or without', async () => {
    const file = join(temporaryFolder(), 'store.sqlite');
    for (const address of [file, `sqlite:${file}`, `sqlite://${file}`, `SQLITE:${file}`, ':memory:']) {
      const store = await openStore(address);
      expect(store.dialect).toBe('sqlite');
      await store.commit([{ query: store.db.insertInto('meta').values({ name: address, value: '' }) }]);
      await store.close();
    }
    const store = await openStore(file);
    expect(await store.db.selectFrom('meta').selectAll().execute()).toHaveLength(4);
    await store.close();
  });

  it.each(['postgres', 'mariadb', 'https', 'file'])('is refused for %s, without being quoted', async scheme => {
    const failure = await failureOf(openStore(`${scheme}://ada:hidden@db/c`));
    expect(failure).toMatchObject({ code: 'usage', message: `there is no store of the kind '${scheme}'` });
    expect(JSON.stringify(failure)).not.toContain('hidden');
  });

  it.each(['', 'sqlite:'])('is refused when it is empty: %j', async address => {
    expect(await failureOf(openStore(address))).toMatchObject({ code: 'usage', message: 'the store has no path' });
  });
});
