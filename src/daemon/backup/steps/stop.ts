import { toFailure } from '../../../core/failure.ts';
import { readServer } from '../look.ts';
import { type At, entryOf, type Next, pollDelay, save } from '../run.ts';
import { isFinal } from '../trouble.ts';
import { end, powerOnKey, variables } from './end.ts';

/** How long a server may take to shut down by itself, to do what it was told before it is told again, and to stop at all; in milliseconds. */
const patience = { shutdown: 120_000, answer: 60_000, poweroff: 600_000 };

/** Runs the hook that comes before, if there is one; when it fails there is no image. */
export async function runBefore(at: At): Promise<Next> {
  const { tools, job, spec } = at;
  const next = spec?.shutdown ? 'stop' : 'create';
  const begun = await save(at, { data: { after: at.data.after ?? spec?.after } });
  if (!spec?.before) return { at: await save(begun, { step: next }) };
  await job.renew();
  try {
    await tools.hook(spec.before, variables(begun));
  } catch (error) {
    return end(begun, { state: 'failed', reason: `the hook ${spec.before} failed: ${(error as Error).message}` });
  }
  return { at: await save(begun, { step: next }) };
}

/** Enters, before the server is stopped, that it is to be started again: that job runs whatever becomes of this one. */
export async function stop(at: At): Promise<Next> {
  const { tools, run } = at;
  const server = await readServer(tools.hetzner, run.server_id);
  if (!server) return end(at, { state: 'failed', reason: 'the server is gone' });
  if (server.status === 'off') return { at: await save(at, { step: 'create' }) };
  const now = tools.clock.now();
  const payload = { run: run.id, server: run.server_id };
  const start = tools.queue.adding({ name: 'power-on', payload, key: powerOnKey(run.id), runAt: now + 30_000 });
  const change = { step: 'stopping', data: { stopped: now, stopSince: now } };
  const entries = [entryOf(at, 'server.shutdown', 'begun', 'its schedule stops it for the image')];
  return { at: await sendStop(await save(at, change, { entries, steps: [{ ...start, changes: 'any' }] }), 'shutdown') };
}

/** Waits until the server is off, and switches it off when it will not shut down by itself. */
export async function waitUntilOff(at: At): Promise<Next> {
  const { tools, run, data } = at;
  const server = await readServer(tools.hetzner, run.server_id);
  if (!server) return end(at, { state: 'failed', reason: 'the server is gone' });
  if (server.status === 'off') {
    return { at: await save(at, { step: 'create', data: { entry: undefined } }, closed(at)) };
  }
  const now = tools.clock.now();
  const waited = now - (data.stopSince ?? now);
  if (waited > patience.poweroff) return end(at, { state: 'failed', reason: 'the server would not stop' });
  if (waited > patience.shutdown && now - (data.stopped ?? 0) > patience.answer) {
    const entries = [entryOf(at, 'server.poweroff', 'begun', 'it did not shut down by itself')];
    await sendStop(await save(at, { data: { stopped: now } }, { entries }), 'poweroff');
  }
  return { again: now + pollDelay(waited) };
}

async function sendStop(at: At, command: 'shutdown' | 'poweroff'): Promise<At> {
  const { tools, run, job } = at;
  await job.renew();
  try {
    await tools.hetzner.send('POST', `servers/${run.server_id}/actions/${command}`);
    return at;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'unexpected' || failure.code === 'interrupted' || isFinal(error)) throw error;
    // It shows in the server's status whether it was done; a late one is undone by the job that starts it again.
    tools.log.warn('server could not be stopped', { server: run.server_id, command, reason: failure.message });
    return at;
  }
}

function closed(at: At) {
  return { entries: at.data.entry === undefined ? [] : [entryOf(at, 'server.shutdown', 'done')] };
}
