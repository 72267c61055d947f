import { describe, expect, it } from 'vitest';
import { addSchedule, day, hour, nightly, openBench } from './bench.ts';

describe('a scheduled backup', () => {
  it('makes one image, with the labels by which it is known again, and says so', async () => {
    const bench = await openBench();
    await addSchedule(bench);
    await bench.pass(4 * hour);
    const [image] = [...bench.project.images.values()];
    const run = await bench.store.db.selectFrom('runs').selectAll().executeTakeFirstOrThrow();
    expect(run).toMatchObject({ state: 'done', image_id: image!.id });
    expect(image!.labels).toEqual({
      'cloudctl/schedule': '1',
      'cloudctl/run': run.id,
      'cloudctl/server': String(run.server_id),
    });
    const audit = await bench.store.db.selectFrom('audit').select(['action', 'result', 'of_seq']).execute();
    expect(audit).toEqual([
      { action: 'backup.create', result: 'begun', of_seq: null },
      { action: 'backup.create', result: 'done', of_seq: 1 },
    ]);
    expect((await bench.store.db.selectFrom('events').select('type').execute()).map(({ type }) => type)).toEqual([
      'backup.started',
      'backup.done',
    ]);
  });

  it('stops the server for it where asked to, and starts it again', async () => {
    const bench = await openBench();
    await addSchedule(bench, { ...nightly, shutdown: true });
    await bench.pass(5 * hour);
    expect(bench.calls.map(call => call.split('/').at(-1))).toEqual(['shutdown', 'create_image', 'poweron']);
    expect([...bench.project.servers.values()][0]!.status).toBe('running');
  });
  it('keeps what the rules want, and deletes the rest a grace later', async () => {
    const bench = await openBench();
    await addSchedule(bench);
    await bench.pass(5 * day);
    expect(bench.project.images.size).toBe(3);
  });
});
