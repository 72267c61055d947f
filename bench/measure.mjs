// How things are measured: processes in turn, medians, peak memory, requests that a sandbox counted.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../bin/cloudctl.js', import.meta.url));
const sandboxProgram = fileURLToPath(new URL('../bin/cloudctl-sandbox.js', import.meta.url));

/** A sandbox in a process of its own: its address, tokens, and how many requests it has had. */
export async function openSandbox(flags) {
  const child = spawn(process.execPath, [sandboxProgram, '--rate-limit', '100000000', ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const { url, token } = JSON.parse(line);
  const env = { CLOUDCTL_ENDPOINT: url, CLOUDCTL_TOKEN: token, HCLOUD_ENDPOINT: url, HCLOUD_TOKEN: token };
  const countRequests = async () => (await (await fetch(new URL('/_sandbox', url))).json()).requests;
  const close = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { env, url, token, countRequests, close };
}

/** Milliseconds that one run takes, output thrown away; throws when it fails. */
export function timeRun([file, ...args], env) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

/** The medians of the commands, run in turn so that a slow moment of the machine hits all of them. */
export function compare(commands, env, times) {
  const samples = commands.map(() => []);
  for (let round = 0; round < times + 1; round += 1) {
    for (const [index, command] of commands.entries()) {
      const ms = timeRun(command, env);
      if (round > 0) samples[index].push(ms);
    }
  }
  return samples.map(median);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The most memory a run held, in MB, as the kernel counted it. */
export async function peakMemory([file, ...args], env) {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended between two looks.
    }
  }, 5);
  await once(child, 'exit');
  clearInterval(look);
  return peak / 1024;
}

export const ms = value => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
export const ratio = (ours, theirs) => (ours / theirs).toFixed(2);
export const rate = perSecond => `${Math.round(perSecond).toLocaleString('en')}/s`;
