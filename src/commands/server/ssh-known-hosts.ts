import fs from 'node:fs';
import path from 'node:path';
import type { Action, Api } from '../../core/api.ts';
import { stateFolder } from '../../core/config/paths.ts';
import { Failure } from '../../core/failure.ts';
import type { Item } from '../../core/resource.ts';
import { type HostMark, judgeHost } from '../../core/ssh/known-host.ts';
import type { Session } from '../session.ts';

/** The file that keeps the host key of this very server, emptied when the server has been rebuilt since; undefined when there is no home. */
export async function prepareKnownHosts(
  session: Session,
  api: Api,
  server: Item,
  forget: boolean,
): Promise<{ file: string; alias: string } | undefined> {
  const folder = stateFolder(session.world);
  if (!folder) return undefined;
  const file = path.join(folder, 'known_hosts', `${await session.scope()}-${server.id}`);
  const before = readMark(`${file}.json`);
  const judged = judgeHost(before, server.created, await readActionsSince(api, server.id, before?.seen));
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    if (judged.forget || forget) fs.rmSync(file, { force: true });
    writeMark(`${file}.json`, judged.mark);
  } catch (cause) {
    throw new Failure('usage', `cannot keep the host key in ${file}: ${(cause as Error).message}`, {
      hint: 'Set XDG_STATE_HOME to a folder that can be written',
      cause,
    });
  }
  return { file, alias: `cloudctl-${server.id}` };
}

const perPage = 50;

/** The server's actions after that one, the newest page where there is none; nothing where they may not be read. */
async function readActionsSince(api: Api, id: number, seen: number | undefined): Promise<Action[]> {
  const found: Action[] = [];
  try {
    for (let page = 1; ; page += 1) {
      const query = { sort: 'id:desc', page, per_page: perPage };
      const { actions = [] } = await api.send<{ actions?: Action[] }>('GET', `servers/${id}/actions`, undefined, query);
      found.push(...actions);
      const newer = actions.filter(action => action.id > (seen ?? Number.POSITIVE_INFINITY));
      if (actions.length < perPage || newer.length < actions.length) return found;
    }
  } catch (error) {
    if (error instanceof Failure && ['forbidden', 'not_found'].includes(error.code)) return [];
    throw error;
  }
}

function readMark(file: string): HostMark | undefined {
  try {
    const mark = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<HostMark>;
    return typeof mark.seen === 'number' && typeof mark.created === 'string' ? (mark as HostMark) : undefined;
  } catch {
    // No mark, or a broken one: the key is learned anew.
    return undefined;
  }
}

function writeMark(file: string, mark: HostMark): void {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify(mark), { mode: 0o600 });
  fs.renameSync(draft, file);
}
