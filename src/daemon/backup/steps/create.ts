import type { Action } from '../../../core/api.ts';
import { type Failure, toFailure } from '../../../core/failure.ts';
import type { Image } from '../../../core/hetzner/types.ts';
import { rowOf } from '../images.ts';
import { labelsOf } from '../labels.ts';
import { imagesOfRun } from '../look.ts';
import { type At, backoff, entryOf, lastStart, type Next, save, settling } from '../run.ts';
import { end } from './end.ts';

/** Asks for the image, after it is written down that it will be asked for. */
export async function create(at: At): Promise<Next> {
  const { tools } = at;
  const now = tools.clock.now();
  if (now > lastStart(at)) {
    return end(at, { state: 'failed', reason: at.run.reason ?? 'the window was over before it could be made' });
  }
  const entries = [entryOf(at, 'backup.create', 'begun', `due ${new Date(at.run.due).toISOString()}`)];
  const change = { step: 'creating', data: { asked: now, settle: undefined } };
  return ask(await save(at, change, { entries }));
}

/** Finds out what became of a request that was not answered: it is made again only when it certainly had no effect. */
export async function recover(at: At): Promise<Next> {
  const { tools, run, data } = at;
  const now = tools.clock.now();
  const [made] = await imagesOfRun(tools.hetzner, run.id);
  if (made) return { at: await adopt(at, made) };
  if (data.settle === undefined) {
    await save(at, { data: { settle: now + settling } });
    return { again: now + 10_000 };
  }
  if (now < data.settle) return { again: data.settle };
  const reason = 'no answer, and no image was made';
  return {
    at: await save(at, { step: 'create', reason }, { entries: [entryOf(at, 'backup.create', 'failed', reason)] }),
  };
}

/** Takes an image of this run that is there already for the one to wait for. */
export async function adopt(at: At, image: Image): Promise<At> {
  const { tools, run, data } = at;
  const row = rowOf(run, image, tools.clock.now());
  const query = tools.store.db.insertInto('images').values(row);
  const change = {
    state: 'running',
    step: 'wait',
    image: image.id,
    reason: null,
    data: { image: image.id, asked: data.asked ?? tools.clock.now(), troubles: 0 },
  } as const;
  return save(at, change, { steps: [{ query, changes: 'any' }] });
}

async function ask(at: At): Promise<Next> {
  const { tools, run, job } = at;
  const [made] = await imagesOfRun(tools.hetzner, run.id);
  if (made) return { at: await adopt(at, made) };
  await job.renew();
  const body = {
    type: 'snapshot',
    description: `${run.schedule_name} ${run.server_name} ${new Date(run.due).toISOString().slice(0, 16)}Z`,
    labels: labelsOf(run),
  };
  const path = `servers/${run.server_id}/actions/create_image`;
  try {
    const { image, action } = await tools.hetzner.send<{ image: Image; action: Action }>('POST', path, body);
    return { at: await adopt({ ...at, data: { ...at.data, action: action.id } }, image) };
  } catch (error) {
    return turnedDown(at, toFailure(error), error);
  }
}

async function turnedDown(at: At, failure: Failure, error: unknown): Promise<Next> {
  const { tools, data } = at;
  const { code, apiCode, message } = failure;
  if (code === 'unexpected' || code === 'interrupted') throw error;
  const now = tools.clock.now();
  if (failure.ambiguous) {
    await save(at, { reason: message, data: { settle: now + settling } });
    return { again: now + 10_000 };
  }
  const mayPass = ['conflict', 'limited', 'unreachable', 'timeout', 'busy'].includes(code);
  if (!mayPass) return end(at, { state: 'failed', reason: apiCode ? `${apiCode}: ${message}` : message });
  const troubles = (data.troubles ?? 0) + 1;
  const reason = `${message}; tried again within the window`;
  const entries = [entryOf(at, 'backup.create', 'failed', reason)];
  await save(at, { step: 'create', reason: message, data: { troubles, entry: undefined } }, { entries });
  return { again: now + backoff(troubles - 1) };
}
