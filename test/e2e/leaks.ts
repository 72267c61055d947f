import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../src/sandbox/index.ts';

/** Tells which secrets of a sandbox stand in a text, by kind; remembers those that the sandbox forgets. */
export function secretFinder(sandbox: Sandbox): (text: string) => string[] {
  const known = new Map([[sandbox.token, 'token of Hetzner']]);
  return text => {
    for (const code of sandbox.workos.state.deviceCodes.keys()) known.set(code, 'device code');
    for (const token of sandbox.workos.state.refreshTokens.keys()) known.set(token, 'refresh token');
    const found = [...known].filter(([secret]) => text.includes(secret)).map(([, kind]) => kind);
    // Any signed token at all, so that none has to be known.
    if (/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20}/.test(text)) found.push('access token');
    return [...new Set(found)].sort();
  };
}

/** The files below a folder with what is found in them, by path; those with nothing are left out. */
export function searchFiles(folder: string, find: (text: string) => string[]): Record<string, string[]> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(file => [file, find(readFileSync(file, 'latin1'))] as const);
  return Object.fromEntries(found.filter(([, kinds]) => kinds.length > 0));
}

/** Begins to look at the processes of a home, as other programs of this user can; its result ends that, and gives the command lines and environments seen, words parted by NUL. */
export function watchProcesses(home: string): () => string[] {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      const environment = readProcess(pid, 'environ');
      if (!environment.split('\0').includes(`HOME=${home}`)) continue;
      seen.add(`${readProcess(pid, 'cmdline')}${environment}`);
    }
  };
  const timer = setInterval(look, 15);
  return () => {
    clearInterval(timer);
    return [...seen];
  };
}

/** Empty for a process that has ended meanwhile, or is another user's. */
function readProcess(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
