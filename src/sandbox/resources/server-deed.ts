import type { ServerStatus } from '../../core/hetzner/types.ts';
import { on, requireUnlocked, startAction } from '../actions.ts';
import { replyAction } from '../collection.ts';
import { notFound } from '../problem.ts';
import type { Call, Handler, Reply } from '../route.ts';
import type { ActionRow, ServerRow, State } from '../state.ts';

/** What a deed on a server does: how long (ms), what is shown meanwhile, what it changes in the end. */
export interface ServerDeed {
  command: string;
  ms: number;
  during?: ServerStatus;
  after?: ServerStatus;
  resources?: ActionRow['resources'];
  effect?(): void;
  undo?(): void;
}

/** The server of a call, free of running actions; throws 404 or 423. */
export function freeServer(state: State, id: number): ServerRow {
  const row = state.servers.get(id);
  if (!row) throw notFound('server', id);
  requireUnlocked(state, 'server', id);
  return row;
}

/** Starts an action on a server; a failing one leaves the server as it was. */
export function actOn(state: State, row: ServerRow, deed: ServerDeed): ActionRow {
  const before = row.status;
  if (deed.during) row.status = deed.during;
  return startAction(state, {
    command: deed.command,
    resources: [on('server', row.id), ...(deed.resources ?? [])],
    ms: deed.ms,
    effect() {
      if (deed.after) setPower(row, deed.after);
      deed.effect?.();
    },
    undo() {
      row.status = before;
      deed.undo?.();
    },
  });
}

/** Changes the status of a server and outdates what was still to happen to its power. */
export function setPower(row: ServerRow, status: ServerStatus): void {
  row.status = status;
  row.power += 1;
}

/** A handler for a deed that answers with its action alone; `plan` checks the request and throws Problems. */
export function serverAction(plan: (row: ServerRow, call: Call) => ServerDeed): Handler {
  return (call: Call): Reply => {
    const row = freeServer(call.state, call.id);
    return replyAction(call.state, actOn(call.state, row, plan(row, call)));
  };
}
