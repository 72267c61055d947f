// The rows: what is measured, against what, and where it should be.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditRow } from './audit.mjs';
import { checksRow, secureChecksRow } from './checks.mjs';
import { daemonRow } from './daemon.mjs';
import { farRow, gatewayRow } from './gateway.mjs';
import { compare, median, ms, openSandbox, peakMemory, program, ratio, timeRun } from './measure.mjs';
import { planRow } from './plan.mjs';
import { queueRow } from './queue.mjs';
import { samplesRow } from './samples.mjs';
import { yearRow } from './year.mjs';

const home = mkdtempSync(join(tmpdir(), 'cloudctl-bench-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
const base = { PATH: process.env.PATH, HOME: home };
const empty = join(home, 'empty.js');
writeFileSync(empty, '');
const node = process.execPath;
const ours = (...words) => [node, program, ...words];

async function withSandbox(flags, work) {
  const sandbox = await openSandbox(flags);
  try {
    return await work(sandbox, { ...base, ...sandbox.env });
  } finally {
    await sandbox.close();
  }
}

const versus = (what, [mine, theirs], yardstick) => [what, ms(mine), `${yardstick} ${ms(theirs)}`, ratio(mine, theirs)];

/** Milliseconds from the first start to the last end of commands run at once. */
async function timeTogether(commands, env) {
  const start = process.hrtime.bigint();
  const children = commands.map(([file, ...args]) => spawn(file, args, { env, stdio: 'ignore' }));
  const codes = await Promise.all(children.map(child => once(child, 'exit').then(([code]) => code)));
  if (codes.some(code => code !== 0)) throw new Error(`ended with ${codes.join(' ')}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

export const rows = [
  {
    name: 'cloudctl --version',
    bar: '<= 1.2 (1.1)',
    measure: async () => [
      versus('cloudctl --version', compare([ours('--version'), [node, empty]], base, 40), 'empty script'),
    ],
  },
  {
    name: 'server list, 3 servers on loopback',
    bar: '<= 2.0 (1.6)',
    measure: () =>
      withSandbox(['--seed-servers', '3'], async (_, env) => [
        versus(
          'server list, 3 servers on loopback',
          compare([ours('server', 'list'), [node, empty]], env, 40),
          'empty script',
        ),
      ]),
  },
  {
    name: 'server list, 1,000 servers at 20 ms a request',
    bar: '<= 0.25 (0.15)',
    needsHcloud: true,
    measure: hcloud =>
      withSandbox(['--seed-servers', '1000', '--latency', '20'], async (_, env) => [
        versus(
          'server list, 1,000 servers at 20 ms',
          compare([ours('server', 'list'), [hcloud, 'server', 'list']], env, 9),
          'hcloud',
        ),
      ]),
  },
  {
    name: 'TAB on a server name, 1,000 servers',
    bar: 'no request',
    measure: () =>
      withSandbox(['--seed-servers', '1000'], async (sandbox, env) => {
        timeRun(ours('server', 'list'), env);
        const before = await sandbox.countRequests();
        const [took] = compare([ours('__complete', 'bash', '--', 'server', 'describe', 'web-1')], env, 9);
        const requests = (await sandbox.countRequests()) - before;
        return [['TAB on a server name, 1,000 servers', `${requests} requests, ${ms(took)}`, '', '']];
      }),
  },
  {
    name: '20 reboots, 3 s each',
    needsHcloud: true,
    measure: hcloud => measureReboots(hcloud),
  },
  {
    name: 'table of 10,000 rows',
    needsHcloud: true,
    measure: hcloud =>
      withSandbox(['--seed-servers', '10000'], async (_, env) => {
        const commands = [ours('server', 'list'), [hcloud, 'server', 'list']];
        const times = compare(commands, env, 5);
        const peaks = [];
        for (const command of commands)
          peaks.push(
            median([await peakMemory(command, env), await peakMemory(command, env), await peakMemory(command, env)]),
          );
        const [mine, theirs] = peaks.map(mb => `${mb.toFixed(0)} MB`);
        return [
          [...versus('table of 10,000 rows', times, 'hcloud'), '<= 0.25'],
          ['  its peak memory', mine, `hcloud ${theirs}`, ratio(peaks[0], peaks[1]), '< 1'],
        ];
      }),
  },
  daemonRow,
  gatewayRow,
  farRow,
  queueRow,
  auditRow,
  planRow,
  samplesRow,
  yearRow,
  checksRow,
  secureChecksRow,
];

async function measureReboots(hcloud) {
  return withSandbox(['--seed-servers', '20'], async (sandbox, env) => {
    const names = Array.from({ length: 20 }, (_, index) => `web-${String(index + 1).padStart(4, '0')}`);
    const count = async work => {
      const before = await sandbox.countRequests();
      const took = await work();
      return [took, (await sandbox.countRequests()) - before];
    };
    const [wall, requests] = await count(() => timeTogether([ours('server', 'reboot', '--all')], env));
    const [one] = await count(() => timeTogether([[hcloud, 'server', 'reboot', names[0]]], env));
    const [, theirs] = await count(() =>
      timeTogether(
        names.map(name => [hcloud, 'server', 'reboot', name]),
        env,
      ),
    );
    return [
      ['20 reboots, requests', String(requests), `20 x hcloud ${theirs}`, ratio(requests, theirs), '<= 0.20'],
      ['  their wall time', ms(wall), `1 x hcloud ${ms(one)}`, ratio(wall, one), '<= 1.3'],
    ];
  });
}
