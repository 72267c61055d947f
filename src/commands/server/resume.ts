import type { Api } from '../../core/api.ts';
import { carryOut } from '../../core/composite/carry-out.ts';
import { takeOver } from '../../core/composite/claim.ts';
import { readServer } from '../../core/composite/deeds.ts';
import {
  describeOwed,
  type Journal,
  listJournals,
  readJournal,
  removeJournal,
  type Shelf,
} from '../../core/composite/journal.ts';
import { requestsOf } from '../../core/composite/wanted.ts';
import { toFailure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { globTest, isGlob, select, type Target } from '../../core/find.ts';
import { pool } from '../../core/pool.ts';
import { server } from '../../core/resources/server.ts';
import { apiExits, command, outputFields, rehearseFields } from '../command.ts';
import { forgetNames } from '../complete/cache.ts';
import { type Ended, openShelf, resumeAll, toolsOf } from '../composite.ts';
import { failTogether, failureOfTarget } from '../fail-together.ts';
import { formatFor } from '../run-list.ts';
import type { Session } from '../session.ts';
import { writeEnded } from './ended.ts';

/** `server resume`: finishes what a command that was killed or stopped still owes to servers. */
export const resume = command({
  name: 'resume',
  summary: 'Finish a resize or snapshot that was stopped half-way, and start the servers again',
  description:
    'snapshot create --shutdown and server resize note what they owe to a server before they stop it. Without names, all servers that are owed something are finished.',
  fields: {
    server: field('repeat', 'Names, ids or patterns', { operand: 'many', refers: { resource: 'server', as: 'name' } }),
    forget: field('boolean', 'Only forget what is owed; the servers stay as they are'),
    ...rehearseFields,
    ...outputFields,
  },
  examples: ['cloudctl server resume', 'cloudctl server resume web-1', 'cloudctl server resume web-1 --forget'],
  exits: [...apiExits, 'not_found', 'refused', 'conflict', 'partial'],
  columns: Object.keys(server.columns),
  run: async (session, input) => {
    const format = formatFor(session, server, input);
    const names = input.server ?? [];
    const api = await session.api();
    const shelf = await openShelf(session);
    const owed = listJournals(shelf.folder, shelf.scope).flatMap(id => readJournal(shelf, id) ?? []);
    const targets = names.length > 0 ? await choose(api, names, owed) : owed.map(({ server }) => toTarget(server));
    const ended = await pool(targets, session.settings.concurrency, async target => {
      if (input['dry-run']) return rehearseOne(api, shelf, target);
      if (!input.forget) return finish(session, api, shelf, target, format.machine);
      if (target.item) removeJournal(shelf, target.item.id);
      return { ...target, nothing: 'nothing is owed to it any more' };
    });
    const several = names.length !== 1 || names.some(isGlob);
    await writeEnded(session, format, ended, { several, message: 'finished' });
    failTogether('resume', ended, { several, resume: resumeAll });
  },
});

/** Does what a server is owed, if anything; whatever fails is in the result, but for Ctrl-C. */
export async function finish(session: Session, api: Api, shelf: Shelf, target: Target, quiet: boolean): Promise<Ended> {
  if (!target.item) return target;
  try {
    const journal = await takeOver(shelf, session.world, target.item.id);
    if (!journal) return { ...target, nothing: 'nothing is owed to it' };
    const tools = { api, ...toolsOf(session, journal.server.name, quiet) };
    tools.tell(`owed ${describeOwed(journal.owes)} by '${journal.command}' of ${journal.began}`);
    const done = await carryOut(tools, shelf, journal, true);
    if (done.image) await forgetNames(session, { name: 'image' });
    return { ...target, done };
  } catch (error) {
    const failure = failureOfTarget(error);
    if (failure.code === 'not_found') return { ...target, nothing: 'is gone, and nothing is owed to it any more' };
    return { ...target, failure };
  }
}

async function rehearseOne(api: Api, shelf: Shelf, target: Target): Promise<Ended> {
  const journal = target.item && readJournal(shelf, target.item.id);
  if (!journal) return { ...target, requests: [] };
  try {
    return { ...target, requests: requestsOf(await readServer(api, journal.server.id), journal) };
  } catch (error) {
    return { ...target, failure: toFailure(error) };
  }
}

/** Servers by what their journals call them, since they may be gone or renamed, and else as the API knows them. */
async function choose(api: Api, names: readonly string[], owed: readonly Journal[]): Promise<Target[]> {
  const found = await Promise.all(
    names.map(async name => {
      const fits = isGlob(name) ? globTest(name) : (one: string) => one === name;
      const hits = owed.filter(({ server }) => fits(server.name) || String(server.id) === name);
      return hits.length > 0 ? hits.map(({ server }) => toTarget(server)) : select(api, server, { names: [name] });
    }),
  );
  const all = found.flat();
  return all.filter(({ item }, index) => !item || all.findIndex(one => one.item?.id === item.id) === index);
}

function toTarget(item: Journal['server']): Target {
  return { target: item.name, item };
}
