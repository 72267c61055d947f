import type { Image } from '../../../core/hetzner/types.ts';
import { readAction, readImage } from '../look.ts';
import { type At, entryOf, type Next, pollDelay, save } from '../run.ts';
import { end } from './end.ts';

/** How long an image may take, in milliseconds. */
const patience = 6 * 3_600_000;

/** Waits for the action that makes the image, and for the image itself. */
export async function wait(at: At): Promise<Next> {
  const { tools, run, data } = at;
  const now = tools.clock.now();
  if (data.image === undefined) return { at: await save(at, { step: 'creating' }) };
  const action = data.action === undefined ? undefined : await readAction(tools.hetzner, data.action);
  if (action?.status === 'error') {
    return lost(at, `Hetzner could not make it: ${action.error?.message ?? 'without a reason'}`, 'failed');
  }
  const isEnded = action?.status !== 'running';
  const image = isEnded ? await readImage(tools.hetzner, data.image) : undefined;
  if (isEnded && !image) return lost(at, 'the image has vanished', 'gone');
  if (image?.status === 'available') return succeed(at, image);
  if (image && image.status !== 'creating') return lost(at, `the image is ${image.status}`, 'failed');
  if (now - (data.asked ?? now) > patience) {
    // Its row stays: should it be finished after all, it is found and counts.
    return end(at, { state: 'failed', reason: 'the image was not finished in 6 hours' });
  }
  // Hetzner answers again.
  if (run.reason !== null) await save(at, { reason: null });
  return { again: now + pollDelay(now - (data.asked ?? now)) };
}

async function succeed(at: At, image: Image): Promise<Next> {
  const { tools, run } = at;
  const { db } = tools.store;
  const state = { state: 'good' as const, size: image.image_size, seen: tools.clock.now() };
  // One that a person has protected meanwhile stays so.
  const changed = { ...state, protected: Number(image.protection.delete) };
  const query = db.updateTable('images').set(changed).where('id', '=', image.id);
  const payload = { schedule: run.schedule_id, server: run.server_id };
  const prune = tools.queue.adding({ name: 'prune', payload, key: `prune/${run.id}` });
  const target = { type: 'image', id: image.id, name: image.description };
  const entries = [entryOf(at, 'backup.create', 'done', undefined, target)];
  const next = await end(at, { state: 'done' }, { entries, steps: [{ query }, { ...prune, changes: 'any' }] });
  tools.queue.wake();
  return next;
}

async function lost(at: At, reason: string, state: 'failed' | 'gone'): Promise<Next> {
  const query = at.tools.store.db
    .updateTable('images')
    .set({ state })
    .where('id', '=', at.data.image ?? 0)
    .where('state', '=', 'creating');
  const entries = [entryOf(at, 'backup.create', 'failed', reason)];
  return end(at, { state: 'failed', reason }, { entries, steps: [{ query }] });
}
