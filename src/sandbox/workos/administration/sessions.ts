import { readFields } from '../fields.ts';
import type { WorkosHandler } from '../realm.ts';
import { endSession } from '../sessions.ts';

/** Ends a session from afar. */
export const revokeSession: WorkosHandler = (realm, { body }) => {
  const { session_id } = readFields(body, { session_id: 'text' }, ['session_id']);
  return { status: 200, body: endSession(realm, session_id) };
};
