import { readFileSync } from 'node:fs';
import { codeOf } from './config/storage.ts';

/** True while a process of that number is there, whoever's it is; one that has ended and that its parent has not taken note of is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return !hasEnded(pid);
}

// In a container whose first process takes no note of orphans they stay for ever. The name before the state may hold anything.
function hasEnded(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return /^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
