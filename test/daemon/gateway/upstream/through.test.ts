import { expect, it, onTestFinished } from 'vitest';
import { hetznerApi } from '../../../../src/core/hetzner/client.ts';
import { openProject } from '../../../../src/daemon/gateway/upstream/open-project.ts';
import { fakeClock } from '../../../helpers/clock.ts';
import { fakeProject, turnOver } from './fake-project.ts';

it('a change of a job is sent within the time that the job is held, or not at all', async () => {
  const clock = fakeClock(undefined, { auto: false });
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const hetzner = fakeProject(clock, { limit: 60 });
  const endpoint = 'http://127.0.0.1/v1';
  const upstream = openProject({
    ...{ project: { id: 1, name: 'default', endpoint }, token: () => 'secret' },
    ...{ http: hetzner.http, clock, signal: stop.signal },
  });
  const writer = { tenant: 'daemon', urgency: 'write' } as const;
  for (let sent = 0; sent < 60; sent += 1) await upstream.send({ method: 'GET', path: 'servers' }, writer);
  const jobs = hetznerApi({
    ...{ endpoint, token: 'none', http: upstream.through(writer), clock, userAgent: 'test' },
    ...{ httpTimeout: 15_000, once: 10_000 },
  });
  const answer = jobs.send('POST', 'servers/1/actions/create_image', { type: 'snapshot' });
  const told = expect(answer).rejects.toMatchObject({ code: 'limited', ambiguous: false });
  await turnOver();
  await clock.advance(10_000);
  await told;
  await clock.advance(120_000);
  await turnOver();
  expect(hetzner.seen).toHaveLength(60);
});
