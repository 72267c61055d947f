import { readFileSync } from 'node:fs';
import { isAlive } from '../alive.ts';

/** A process, so that it is not taken for a later one of the same number. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When it began, as the system counts; absent where the system does not tell. */
  readonly started?: string;
}

/** This process. */
export async function thisProcess(): Promise<Holder> {
  const { hostname } = await import('node:os');
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

/** True while another living process of this host is at it; of a process on another host nothing is known. */
export function isHeldByAnother(holder: Holder | undefined, self: Holder): boolean {
  if (!holder || holder.host !== self.host || holder.pid === self.pid) return false;
  return isAlive(holder.pid) && startOf(holder.pid) === holder.started;
}

/** Clock ticks from the start of the system to that of the process; the name before it may hold blanks and brackets. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
