import { expect, test } from 'vitest';
import { chooseStep } from '../../src/sandbox/metrics.ts';
import { open } from './open.ts';

async function ask(query: string) {
  const { get } = await open({ seed: { servers: 1 } });
  const { servers } = await get('/servers');
  return (await get(`/servers/${servers[0].id}/metrics?${query}`)).metrics;
}

const hour = 'start=2026-11-23T06:00:00Z&end=2026-11-23T07:00:00Z';

test('the kinds come as series of seconds and strings, by repetition or in a list', async () => {
  const metrics = await ask(`type=cpu&type=disk&type=network&${hour}&step=60`);
  expect(Object.keys(metrics.time_series)).toHaveLength(9);
  expect(metrics).toMatchObject({ start: '2026-11-23T06:00:00Z', end: '2026-11-23T07:00:00Z', step: 60 });
  const { values } = metrics.time_series.cpu;
  expect(values).toHaveLength(60);
  expect(values[1][0] - values[0][0]).toBe(60);
  expect(values.every(([, value]: [number, string]) => /^\d+\.\d+$/.test(value))).toBe(true);
});

test('the same question has the same answer', async () => {
  expect(await ask(`type=cpu&${hour}`)).toEqual(await ask(`type=cpu&${hour}`));
});

test('without a step there are at most 200 samples, and 500 in any case', async () => {
  expect((await ask(`type=cpu&${hour}`)).time_series.cpu.values).toHaveLength(200);
  const metrics = await ask(`type=cpu&${hour}&step=1`);
  expect(metrics.step).toBe(8);
  expect(metrics.time_series.cpu.values.length).toBeLessThanOrEqual(500);
  expect(chooseStep(100, undefined)).toBe(1);
  expect(chooseStep(86_400, 60)).toBe(173);
  expect(chooseStep(86_400, 300)).toBe(300);
});

test('there is nothing older than 30 days, and nothing of the future', async () => {
  const old = await ask('type=cpu&start=2026-08-01T00:00:00Z&end=2026-08-02T00:00:00Z');
  expect(old.time_series.cpu.values).toEqual([]);
  const half = await ask('type=cpu&start=2026-11-23T07:00:00Z&end=2026-11-23T09:00:00Z&step=60');
  expect(half.time_series.cpu.values).toHaveLength(60);
});

test('a list of kinds separated by commas is understood', async () => {
  // Not compared with the document, which does not know this form; clients use it.
  const { sandbox, call } = await open({ seed: { servers: 1 } }, { checkRequests: false });
  const [id] = sandbox.state.servers.keys();
  const { body } = await call('GET', `/servers/${id}/metrics?type=cpu,network&${hour}&step=600`);
  expect(Object.keys(body.metrics.time_series)).toHaveLength(5);
});

test.each([
  'type=memory&start=2026-11-23T06:00:00Z&end=2026-11-23T07:00:00Z',
  `${hour}`,
  'type=cpu&start=2026-11-23T06:00:00Z',
  'type=cpu&start=yesterday&end=2026-11-23T07:00:00Z',
  'type=cpu&start=2026-11-23T07:00:00Z&end=2026-11-23T06:00:00Z',
  `type=cpu&${hour}&step=0`,
])('%s is invalid', async query => {
  const { refusal, sandbox } = await open({ seed: { servers: 1 } });
  const [id] = sandbox.state.servers.keys();
  expect(await refusal('GET', `/servers/${id}/metrics?${query}`)).toBe('invalid_input 422');
});
