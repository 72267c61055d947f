// The checks: a thousand of HTTP and a thousand of HTTPS, each looked at once a minute by a process of its own, over loopback.

import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeCertificate } from './certificate.mjs';
import { load } from './load.mjs';

const file = fileURLToPath(import.meta.url);
const checks = 1000;
const interval = 60_000;

/** The process that watches: it says how late each run began, what it cost and how much memory it took. */
async function watch(url, seconds) {
  const { openSqlite, startChecks, openSources, newStatus, nextDue, useKey } = await load(
    'core/store/sqlite.ts',
    'core/store/key.ts',
    'daemon/checks/index.ts',
    'daemon/checks/row.ts',
    'daemon/checks/sources.ts',
    'core/checks/due.ts',
  );
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-checks-'));
  const store = await openSqlite(join(folder, 'store.sqlite'));
  const now = Date.now();
  const policy = { interval, timeout: 10_000, for: 0, count: 3, recoverCount: 1, severity: 'critical' };
  const settings = { url, method: 'GET', status: ['200-299'], keyword: 'ok', 'max-redirects': 5 };
  const rows = Array.from({ length: checks }, (_, index) => ({
    ...{ name: `check-${index}`, kind: 'http', settings: JSON.stringify(settings), policy: JSON.stringify(policy) },
    ...{ labels: '{}', parent_id: null, paused: 0, every: interval, timeout: 10_000 },
    ...{ next_due: nextDue(index + 1, interval, now + 2000), claim: '', lease_until: 0, state: 'new', since: now },
    ...{ checked: null, status: JSON.stringify(newStatus(now)), token: null, beat: null, created: now, updated: now },
  }));
  await store.commit(rows.map(row => ({ query: store.db.insertInto('checks').values(row) })));
  const stop = new AbortController();
  const clock = { now: Date.now, sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) };
  const silent = { debug() {}, info() {}, warn() {}, error: (...told) => console.error(...told) };
  const late = [];
  const tools = { store, clock, log: silent, signal: stop.signal, hetzner: {}, random: Math.random };
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const end = await startChecks(tools, {
    ...{
      host: 'bench',
      worker: 'bench',
      isAlone: true,
      probe: async () => true,
      sources: openSources(tools, { key: useKey(randomBytes(32)), allowed: () => ['127.0.0.0/8'] }),
    },
    onStart: ms => void late.push(ms),
  });
  await setTimeout(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const core = (user + system) / 1000 / (performance.now() - begun);
  await end();
  const { down } = await store.db
    .selectFrom('checks')
    .select(({ fn }) => fn.count('id').as('down'))
    .where('state', '<>', 'up')
    .executeTakeFirstOrThrow();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  late.sort((a, b) => a - b);
  process.send({ runs: late.length, worst: late.at(-1), core, memory: process.memoryUsage.rss(), down });
}

/** A server of that scheme, and what a process needs to trust it. */
async function openServer(scheme) {
  if (scheme === 'http') return { server: createServer((_, response) => response.end('ok')), env: {} };
  const { key, cert, file: trusted, remove } = makeCertificate();
  const server = createSecureServer({ key, cert }, (_, response) => response.end('ok'));
  return { server, env: { NODE_EXTRA_CA_CERTS: trusted }, remove };
}

/** Each run makes a connection of its own, so that https is a handshake each time. */
const rowOf = scheme => {
  const name = `1,000 ${scheme.toUpperCase()} checks at 60 s`;
  return {
    name,
    bar: '< 10 %, < 150 MB, <= 1 s',
    measure: async (_hcloud, seconds = 130) => {
      const { server, env, remove } = await openServer(scheme);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `${scheme}://127.0.0.1:${server.address().port}/`;
      const child = fork(file, ['watch', url, String(seconds)], { env: { ...process.env, ...env } });
      const [told] = await once(child, 'message');
      await once(child, 'exit');
      server.close();
      remove?.();
      const shown = [`${(told.core * 100).toFixed(1)} % of a core`, `${Math.round(told.memory / 1e6)} MB`];
      return [
        [name, shown.join(', '), `${cpus().length} cores`, ''],
        ['  latest start of a run', `${told.worst} ms`, `${told.runs} runs, ${told.down} not up`, ''],
      ];
    },
  };
};

export const checksRow = rowOf('http');
export const secureChecksRow = rowOf('https');

if (process.argv[2] === 'watch') {
  await watch(process.argv[3], Number(process.argv[4]));
  process.disconnect();
} else if (process.argv[1] === file) {
  for (const row of [checksRow, secureChecksRow])
    console.log(await row.measure(undefined, Number(process.argv[2] ?? 130)));
}
