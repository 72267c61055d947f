import type { Action } from '../api.ts';
import { Failure, toFailure } from '../failure.ts';
import { asObject, type Send } from './call.ts';

/** Ids in one request: the answer has no pages, so all must be on the first. */
export const chunk = 25;

/** The actions of these ids as they are now, twenty-five a request; one that the API does not know any more has failed. */
export async function ask(send: Send, ids: readonly number[]): Promise<Action[]> {
  const answers = await Promise.all(chunksOf(ids).map(some => askSome(send, some)));
  return answers.flat();
}

function chunksOf(ids: readonly number[]): number[][] {
  const count = Math.ceil(ids.length / chunk);
  return Array.from({ length: count }, (_, index) => ids.slice(index * chunk, (index + 1) * chunk));
}

async function askSome(send: Send, ids: readonly number[]): Promise<Action[]> {
  const { body } = await send({ method: 'GET', path: 'actions', query: { id: ids } });
  const found = (asObject(body).actions ?? []) as Action[];
  const missing = ids.filter(id => !found.some(action => action.id === id));
  return [...found, ...(await Promise.all(missing.map(id => askOne(send, id))))];
}

async function askOne(send: Send, id: number): Promise<Action> {
  try {
    const { body } = await send({ method: 'GET', path: `actions/${id}` });
    const { action } = asObject(body);
    if (action === undefined) throw new Failure('unreachable', `the answer for action ${id} has no 'action'`);
    return action as Action;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'not_found') throw failure;
    const gone = { code: 'not_found', message: 'the API does not know the action any more' };
    // The rest of what is known of it is kept.
    return { id, status: 'error', error: gone } as Action;
  }
}
