// A process that refreshes an account and may kill itself on the way. Its words: configuration file, name of the
// account, number of the step before which it dies (0: none), and for a step that writes a file the part of the text
// that is written first. It writes a line when it begins and the number of its steps when it has ended.
import fs from 'node:fs';
import { freshAccount } from '../../src/core/auth/refresh.ts';
import { createTransport } from '../../src/core/transport/transport.ts';
import type { Transport } from '../../src/core/world.ts';

const [config = '', name = '', at = '0', part = ''] = process.argv.slice(2);
let steps = 0;

function dieAt(begin: () => void = () => {}): void {
  steps += 1;
  if (String(steps) !== at) return;
  begin();
  process.kill(process.pid, 'SIGKILL');
}

const effects = 'readFileSync mkdirSync writeFileSync openSync fsyncSync closeSync renameSync rmSync'.split(' ');
const table = fs as unknown as Record<string, (...words: unknown[]) => unknown>;
for (const effect of effects) {
  const real = table[effect]!;
  table[effect] = (...words) => {
    dieAt(() => {
      if (effect !== 'writeFileSync' || part === '') return;
      const [file, text, ...options] = words;
      real(file, String(text).slice(0, Math.floor(String(text).length * Number(part))), ...options);
    });
    return real(...words);
  };
}

const send = createTransport({ env: {} });
const http: Transport = async request => {
  dieAt();
  const answer = await send(request);
  dieAt();
  return answer;
};

const desk = {
  world: {
    clock: { now: () => Date.now(), sleep: (ms: number) => new Promise<void>(done => setTimeout(done, ms)) },
    signal: new AbortController().signal,
    platform: 'linux',
    keyring: { get: async () => undefined, set: async () => {}, remove: async () => {} },
    http,
  },
  configPath: config,
  storage: 'file' as const,
  userAgent: 'cloudctl-test',
  refresh: true,
};
process.stdout.write('begun\n');
await freshAccount(desk, name);
send.close();
process.stdout.write(`${steps}\n`);
