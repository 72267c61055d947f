// The daemon as it is installed: how soon it is ready, what it costs while nothing is due, how many requests it answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, ms, openSandbox, rate, ratio } from './measure.mjs';

export const daemonProgram = fileURLToPath(new URL('../bin/cloudctld.js', import.meta.url));
const node = process.execPath;
const idleFor = 30_000;

/** The child when it has written that text to a stream, how many milliseconds after its start that was, and what it has written. */
export async function startUntil(text, stream, args, env) {
  const start = performance.now();
  const child = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  const ready = new Promise((resolve, reject) => {
    child[stream].setEncoding('utf8').on('data', more => {
      written += more;
      if (written.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`it has ended: ${written}`)));
  });
  await ready;
  // Read on, and thrown away: what it is read by has a core to share with it.
  child[stream].removeAllListeners('data').resume();
  return { child, took: performance.now() - start, written: () => written };
}

export async function stop(child) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** An answer at a Unix socket: its status and body. */
export function ask(socket, path, { body, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request({ socketPath: socket, path, headers, ...options }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', more => {
        text += more;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function createSchedules(socket, count) {
  for (let number = 1; number <= count; number += 1) {
    const body = JSON.stringify({
      name: `nightly-${number}`,
      servers: [`web-${String(number).padStart(4, '0')}`],
      cron: '0 3 * * *',
      zone: 'Europe/Berlin',
      keep_daily: 14,
    });
    const { status, text } = await ask(socket, '/cloudctl/v1/schedules', { method: 'POST', body });
    if (status !== 201) throw new Error(`a schedule was not created: ${status} ${text}`);
  }
}

/** Milliseconds of processor time that all threads of a process have had, and how often they have waited for something. */
export function spentBy(pid) {
  let [time, waits] = [0, 0];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    time += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    waits += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1]);
  }
  return { time, waits };
}

const residentOf = pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** Requests a second with ten connections that stay open, over two seconds. */
async function countAnswers(socket, path) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
  const countFor = async time => {
    let count = 0;
    const start = performance.now();
    const client = async () => {
      while (performance.now() - start < time) {
        const { status } = await ask(socket, path, { agent });
        if (status !== 200) throw new Error(`${path} was answered with ${status}`);
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: 10 }, client));
    return (count / (performance.now() - start)) * 1000;
  };
  await countFor(500);
  const perSecond = await countFor(2000);
  agent.destroy();
  return perSecond;
}

/** What a server of Node itself that answers the same does. */
async function countBare(socket, text, env) {
  const script = `require('http').createServer((q, a) => {
    a.setHeader('content-type', 'application/json');
    a.end(process.argv[2]);
  }).listen(process.argv[1], () => console.log('ready'))`;
  const { child } = await startUntil('ready', 'stdout', ['-e', script, socket, text], env);
  try {
    return await countAnswers(socket, '/');
  } finally {
    await stop(child);
  }
}

async function measureReady(args, empty, env) {
  const [mine, theirs] = [[], []];
  for (let round = 0; round < 8; round += 1) {
    const daemon = await startUntil('"ready"', 'stderr', args, env);
    await stop(daemon.child);
    const start = performance.now();
    await once(spawn(node, [empty], { env, stdio: 'ignore' }), 'exit');
    if (round === 0) continue;
    mine.push(daemon.took);
    theirs.push(performance.now() - start);
  }
  return [median(mine), median(theirs)];
}

async function measureIdle(child, env) {
  // What the answers to the schedules' requests have left is none of the idleness.
  await setTimeout(5000);
  const script = 'setInterval(() => {}, 1000); console.log("ready")';
  const other = await startUntil('ready', 'stdout', ['-e', script], env);
  const pids = [child.pid, other.child.pid];
  const before = pids.map(spentBy);
  await setTimeout(idleFor);
  const [mine, theirs] = pids.map((pid, index) => {
    const { time, waits } = spentBy(pid);
    const share = ((time - before[index].time) / idleFor) * 100;
    return { share, waits: (waits - before[index].waits) / (idleFor / 1000), memory: residentOf(pid) };
  });
  await stop(other.child);
  const percent = ({ share, waits }) => `${share.toFixed(2)} % of a core, ${waits.toFixed(0)} wake-ups/s`;
  const yardstick = 'script with a timer';
  return [
    [
      '  its memory after 30 s',
      `${mine.memory.toFixed(0)} MB`,
      `${yardstick} ${theirs.memory.toFixed(0)} MB`,
      ratio(mine.memory, theirs.memory),
      '<= 80 MB (60)',
    ],
    ['  its processor time meanwhile', percent(mine), `${yardstick} ${percent(theirs)}`, '', '<= 1 %'],
  ];
}

async function measureAll(folder) {
  const [socket, config, empty] = [join(folder, 'd.sock'), join(folder, 'cloudctld.toml'), join(folder, 'empty.js')];
  mkdirSync(join(folder, 'state'), { mode: 0o700 });
  writeFileSync(empty, '');
  const sandbox = await openSandbox(['--seed-servers', '20']);
  writeFileSync(
    config,
    `state-directory = "${join(folder, 'state')}"\nsocket = "${socket}"\nhetzner-endpoint = "${sandbox.url}"\n`,
  );
  // As its units have it.
  const malloc = { MALLOC_TRIM_THRESHOLD_: '131072' };
  const env = { PATH: process.env.PATH, HOME: folder, HCLOUD_TOKEN: sandbox.token, ...malloc };
  const args = [daemonProgram, '--config', config];
  try {
    const [mine, theirs] = await measureReady(args, empty, env);
    const lines = [['daemon ready', ms(mine), `empty script ${ms(theirs)}`, ratio(mine, theirs), '<= 500 ms']];
    const { child } = await startUntil('"ready"', 'stderr', args, env);
    try {
      await createSchedules(socket, 5);
      if (process.platform === 'linux') lines.push(...(await measureIdle(child, env)));
      const answered = await countAnswers(socket, '/cloudctl/v1/schedules');
      const { text } = await ask(socket, '/cloudctl/v1/schedules');
      const bare = await countBare(join(folder, 'bare.sock'), text, env);
      lines.push([
        '  its list of schedules',
        rate(answered),
        `server of Node ${rate(bare)}`,
        ratio(answered, bare),
        '',
      ]);
    } finally {
      await stop(child);
    }
    return lines;
  } finally {
    await sandbox.close();
  }
}

export const daemonRow = {
  name: 'daemon (40 s)',
  bar: '',
  measure: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-daemon-'));
    try {
      return await measureAll(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
