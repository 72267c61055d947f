import type { Entry } from '../../../core/audit/audit.ts';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { Server } from '../../../core/hetzner/types.ts';
import type { Job, Outcome } from '../../../core/queue/queue.ts';
import type { Tools } from '../../tools.ts';
import { walk } from '../backup.ts';
import { stateOf } from '../condition.ts';
import { label } from '../labels.ts';
import { readImage, readServer, serversOfRun } from '../look.ts';
import { type At, backoff, type Ending, entryOf, type Next, pollDelay, save, settling, tell } from '../run.ts';
import { removeServer, testLabel } from './leftovers.ts';
import { findPlace } from './smallest.ts';

/** How long a restored server may take until it runs, and the whole test, in milliseconds. */
const patience = { start: 1_800_000, all: 6 * 3_600_000 };

/** The steps of a restore test, by the name that the row of the run holds. */
const steps: Readonly<Record<string, (at: At) => Promise<Next>>> = {
  begin,
  creating: recover,
  wait,
  deleting: remove,
};

/** Restores an image into a new server, sees whether that runs, and deletes it again, whatever becomes of the test. */
export function verify(tools: Tools, job: Job<'verify'>): Promise<Outcome> {
  return walk(tools, job, steps, ({ run, data }) => (data.asked ?? run.started ?? run.due) + patience.all, conclude);
}

async function begin(at: At): Promise<Next> {
  const { tools, run, schedule } = at;
  if (!schedule) return conclude(at, { state: 'skipped', reason: 'the schedule was deleted' });
  const image = run.image_id === null ? undefined : await readImage(tools.hetzner, run.image_id);
  if (image?.status !== 'available') {
    return conclude(at, {
      state: 'failed',
      reason: image ? `the image is ${image.status}` : 'there is no image to restore',
    });
  }
  const [made] = await serversOfRun(tools.hetzner, run.id);
  if (made) return { at: await adopt(at, made) };
  const now = tools.clock.now();
  const place = await findPlace(tools, image).catch((error: unknown) => refusal(error));
  if (typeof place === 'string') return conclude(at, { state: 'failed', reason: place });
  const body = {
    name: `restore-test-${run.id.slice(0, 12)}`,
    server_type: place.type,
    location: place.location,
    image: image.id,
    public_net: { enable_ipv4: false, enable_ipv6: true },
    labels: { [label.run]: run.id, [testLabel]: 'true' },
  };
  const reason = `a ${place.type} at ${place.location}, ${place.hourly} an hour, from image ${image.id}`;
  const change = {
    state: 'running',
    step: 'creating',
    started: run.started ?? now,
    data: { asked: now, settle: undefined },
  } as const;
  return ask(await save(at, change, { entries: [entryOf(at, 'backup.verify', 'begun', reason)] }), body);
}

async function ask(at: At, body: object): Promise<Next> {
  await at.job.renew();
  try {
    const { server } = await at.tools.hetzner.send<{ server: Server }>('POST', 'servers', body);
    return { at: await adopt(at, server) };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'unexpected' || failure.code === 'interrupted') throw error;
    const now = at.tools.clock.now();
    if (failure.ambiguous) {
      await save(at, { data: { settle: now + settling } });
      return { again: now + 10_000 };
    }
    const troubles = (at.data.troubles ?? 0) + 1;
    const mayPass = ['conflict', 'limited', 'unreachable', 'timeout', 'busy'].includes(failure.code) && troubles <= 10;
    if (!mayPass) return conclude(at, { state: 'failed', reason: failure.message });
    await save(
      at,
      { step: 'begin', data: { troubles } },
      { entries: [entryOf(at, 'backup.verify', 'failed', failure.message)] },
    );
    return { again: now + backoff(troubles) };
  }
}

async function recover(at: At): Promise<Next> {
  const { tools, run, data } = at;
  const [made] = await serversOfRun(tools.hetzner, run.id);
  if (made) return { at: await adopt(at, made) };
  const now = tools.clock.now();
  if (data.settle === undefined) {
    await save(at, { data: { settle: now + settling } });
    return { again: now + 10_000 };
  }
  if (now < data.settle) return { again: data.settle };
  const troubles = (data.troubles ?? 0) + 1;
  const reason = 'no answer, and no server was made';
  if (troubles > 10) return conclude(at, { state: 'failed', reason });
  const entries = [entryOf(at, 'backup.verify', 'failed', reason)];
  return { at: await save(at, { step: 'begin', data: { troubles } }, { entries }) };
}

async function adopt(at: At, server: Pick<Server, 'id'>): Promise<At> {
  return save(at, { state: 'running', step: 'wait', data: { server: server.id, troubles: 0 } });
}

async function wait(at: At): Promise<Next> {
  const { tools, data } = at;
  const server = await readServer(tools.hetzner, data.server ?? 0);
  if (!server) return conclude(at, { state: 'failed', reason: 'the restored server has vanished' });
  if (server.status === 'running') return conclude(at, { state: 'done' });
  const now = tools.clock.now();
  const waited = now - (data.asked ?? now);
  if (waited > patience.start) {
    return conclude(at, { state: 'failed', reason: `the restored server is ${server.status} after 30 minutes` });
  }
  return { again: now + pollDelay(waited) };
}

/** What is to be said of the test is kept until its server is deleted. */
async function conclude(at: At, outcome: Ending): Promise<Next> {
  if (at.data.outcome) return finish(at, at.data.outcome);
  if (at.run.step === 'begin') return finish(at, outcome);
  return { at: await save(at, { step: 'deleting', data: { outcome } }) };
}

async function remove(at: At): Promise<Next> {
  const { tools, run, job, data } = at;
  const servers = await serversOfRun(tools.hetzner, run.id);
  if (servers.length === 0) return finish(at, data.outcome ?? { state: 'failed' });
  for (const server of servers) {
    await removeServer(tools, job, server, `schedule ${run.schedule_name}`, 'its restore test has ended');
  }
  return { again: tools.clock.now() + 10_000 };
}

async function finish(at: At, { state, reason }: Ending): Promise<Next> {
  const { tools, run } = at;
  const now = tools.clock.now();
  const verified = tools.store.db.updateTable('images').set({ verified: now }).where('id', '=', run.image_id);
  const result: Entry['result'] = state === 'done' ? 'done' : at.data.entry === undefined ? 'refused' : 'failed';
  const entries = [entryOf(at, 'backup.verify', result, reason)];
  const type = state === 'done' ? 'backup.verified' : 'backup.verify-failed';
  const steps = [
    ...(state === 'done' ? [{ query: verified }] : []),
    tell(at, type, { image: run.image_id, reason }),
    ...stateOf(tools, run, { state, reason }),
  ];
  await save(at, { state, reason: reason ?? null, step: 'ended', finished: now }, { entries, steps });
  return 'ended';
}

function refusal(error: unknown): string {
  if (error instanceof Failure && error.code === 'refused') return error.message;
  throw error;
}
