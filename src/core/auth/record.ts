import fs from 'node:fs';
import path from 'node:path';
import type { Api } from '../api.ts';
import { createFolder, readIfThere, storageFailure } from '../config/storage.ts';
import { redact } from '../debug.ts';
import { toFailure } from '../failure.ts';
import type { Clock } from '../world.ts';

/** Who acts, through which context. */
export interface Actor {
  readonly account: string;
  readonly user: string;
  readonly session?: string;
  readonly organization?: string;
  readonly context: string;
}

/** One change as the record tells of it: a line when it begins, and another with `result` when it has ended. */
export interface Deed extends Actor {
  /** Tells the two lines of one change. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without secrets. */
  readonly body?: unknown;
  /** `done`, or the code of the Failure; absent while it is not known. */
  readonly result?: string;
}

/** The file of the record in a folder of state. */
export function recordFile(folder: string): string {
  return path.join(folder, 'record.jsonl');
}

/** The API with every change written to the record before it is sent; throws `usage`, and sends nothing, when that cannot be. */
export function recordChanges(api: Api, actor: Actor, { file, clock }: { file: string; clock: Clock }): Api {
  return {
    ...api,
    async send<T>(
      method: Parameters<Api['send']>[0],
      where: string,
      body?: unknown,
      query?: Parameters<Api['send']>[3],
    ) {
      if (method === 'GET') return api.send<T>(method, where, body, query);
      const { randomUUID } = await import('node:crypto');
      const id = randomUUID();
      const deed = () => ({ id, at: new Date(clock.now()).toISOString(), ...actor, method, path: where });
      append(file, { ...deed(), ...(body !== undefined && { body: redact(body) }) });
      try {
        const answer = await api.send<T>(method, where, body, query);
        appendResult(file, { ...deed(), result: 'done' });
        return answer;
      } catch (error) {
        appendResult(file, { ...deed(), result: toFailure(error).code });
        throw error;
      }
    },
  };
}

/** The changes in the record, the oldest first, each with its result where there is one; lines that are cut off are passed over. */
export function readRecord(file: string): Deed[] {
  const deeds = new Map<string, Deed>();
  for (const line of (readIfThere(file) ?? '').split('\n')) {
    const deed = parseLine(line);
    if (deed) deeds.set(deed.id, { ...deed, ...deeds.get(deed.id), ...(deed.result && { result: deed.result }) });
  }
  return [...deeds.values()];
}

function parseLine(line: string): Deed | undefined {
  try {
    const deed = JSON.parse(line) as Deed;
    return typeof deed?.id === 'string' && typeof deed.at === 'string' ? deed : undefined;
  } catch {
    return undefined;
  }
}

function append(file: string, deed: Deed): void {
  try {
    createFolder(path.dirname(file));
    fs.appendFileSync(file, `${JSON.stringify(deed)}\n`, { mode: 0o600 });
  } catch (error) {
    throw storageFailure(`nothing was changed: ${file}, which records who changes what, cannot be written`, error);
  }
}

/** The deed is done: that its end cannot be written must not make it look like one that failed. */
function appendResult(file: string, deed: Deed): void {
  try {
    append(file, deed);
  } catch {}
}
