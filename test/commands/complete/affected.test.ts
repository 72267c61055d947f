import { expect, test } from 'vitest';
import { fakeClock } from '../../helpers/clock.ts';
import { type Opened, open } from '../snapshot/open.ts';

/** What is offered for `<resource> delete`; the list is kept from then on. */
async function offered({ go, clock }: Opened, resource: string): Promise<string[]> {
  // On a clock that never waits, the time for an answer would be over at once.
  const still = fakeClock(clock.now(), { auto: false });
  const { out } = await go(`__complete fish -- ${resource} delete ''`, { clock: still });
  return out
    .split('\0')
    .slice(1, -1)
    .map(item => item.split('\t')[0]!);
}

test('a snapshot made of a server is offered at once', async () => {
  const opened = await open({ seed: { servers: 1 } });
  expect(await offered(opened, 'snapshot')).toEqual([]);
  await opened.go('server create-image web-0001 --type snapshot --description before');
  expect(await offered(opened, 'snapshot')).toEqual(['before']);
  await opened.go('snapshot create web-0001 --description after');
  expect(await offered(opened, 'snapshot')).toEqual(['after', 'before']);
});

test('a snapshot that server resume finishes is offered at once', async () => {
  const opened = await open({ seed: { servers: 1 } });
  await opened.killAfter(6, 'snapshot create web-0001 --shutdown --description late');
  expect(await offered(opened, 'snapshot')).toEqual([]);
  await opened.go('server resume web-0001');
  expect(await offered(opened, 'snapshot')).toEqual(['late']);
});

test.each(['server disable-backup web-0001 --yes', 'server delete web-0001 --yes'])(
  'backups that go with %s are offered no more',
  async line => {
    const opened = await open({ seed: { servers: 1 } });
    await opened.go('server enable-backup web-0001');
    const before = await offered(opened, 'image');
    await opened.go('server create-image web-0001 --type backup');
    expect(await offered(opened, 'image')).toHaveLength(before.length + 1);
    expect((await opened.go(line)).status).toBe(0);
    expect(await offered(opened, 'image')).toEqual(before);
  },
);
