import { codedProblem } from './problem.ts';
import type { WorkosHandler } from './realm.ts';

/** The keys that people's tokens are verified with, for the client of this environment. */
export const publishKeys: WorkosHandler = ({ keys, settings }, { params }) => {
  if (params.client !== settings.clientId) throw codedProblem(404, 'not_found', 'There is no such client.');
  return { status: 200, body: { keys: keys.published() } };
};
