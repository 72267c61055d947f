// The gateway as it is installed: what a list costs that it has in memory, what it adds to one that it has to ask for, and how soon somebody far from Hetzner has a list.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { press } from './client.mjs';
import { daemonProgram, spentBy, startUntil, stop } from './daemon.mjs';
import { moveAway } from './far.mjs';
import { median, ms, openSandbox, program, rate, ratio, timeRun } from './measure.mjs';

const node = process.execPath;

/** The daemon before an endpoint, with a token of an administrator and one of a client. */
export async function startGateway(folder, endpoint, token, more = {}) {
  const state = join(folder, 'state');
  mkdirSync(state, { mode: 0o700 });
  const socket = join(folder, 'd.sock');
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, HCLOUD_TOKEN: token, CLOUDCTLD_LISTEN: '127.0.0.1:0' },
    ...{ CLOUDCTLD_STATE_DIRECTORY: state, CLOUDCTLD_SOCKET: socket, CLOUDCTLD_HETZNER_ENDPOINT: endpoint, ...more },
  };
  const { child, written } = await startUntil('"ready"', 'stderr', [daemonProgram], env);
  const ready = written()
    .split('\n')
    .find(line => line.includes('"ready"'));
  const port = Number(new URL(JSON.parse(ready).listen).port);
  const access = { PATH: process.env.PATH, HOME: folder, CLOUDCTL_DAEMON: `unix://${socket}` };
  const admin = (line, input) => {
    const { status, stdout, stderr } = spawnSync(node, [program, ...line.split(' ')], {
      ...{ env: { ...access, CLOUDCTL_YES: '1' }, input, encoding: 'utf8' },
    });
    if (status !== 0) throw new Error(`cloudctl ${line} ended with ${status}: ${stderr}`);
    return stdout.trim();
  };
  return { child, socket, port, access, admin };
}

/** The answers a second of a server, of the wall clock and of its processor's time, and how late the last hundredth came. */
async function pressProcess(pid, order) {
  // Until what runs often is compiled.
  await press({ ...order, seconds: 3 });
  const before = spentBy(pid).time;
  const told = await press(order);
  return { ...told, each: (spentBy(pid).time - before) / told.count };
}

/** A server of Node itself that answers with that text. */
async function startBare(text, env) {
  const script = `require('http').createServer((q, a) => {
    a.setHeader('content-type', 'application/json');
    a.end(process.argv[1]);
  }).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port + ' is open'); })`;
  const { child, written } = await startUntil('is open', 'stdout', ['-e', script, text], env);
  return { child, port: Number(/port (\d+)/.exec(written())[1]) };
}

const perCore = each => rate(1000 / each);

async function measureKept({ child, port }, token, env) {
  const lines = ['GET /v1/servers HTTP/1.1', `authorization: Bearer ${token}`];
  const url = `http://127.0.0.1:${port}/v1/servers`;
  const text = await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text();
  const bare = await startBare(text, env);
  try {
    const mine = await pressProcess(child.pid, { socket: port, lines });
    const theirs = await pressProcess(bare.child.pid, { socket: bare.port, lines });
    return [
      [
        `gateway, kept list of ${Math.round(text.length / 1000)} kB, one core`,
        perCore(mine.each),
        `server of Node ${perCore(theirs.each)}`,
        ratio(theirs.each, mine.each),
        '>= 3,000/s',
      ],
      [
        '  the same as ten connections see it',
        `${rate(mine.rate)}, p99 ${ms(mine.p99)}`,
        `server of Node ${rate(theirs.rate)}, p99 ${ms(theirs.p99)}`,
        ratio(mine.rate, theirs.rate),
        'p99 <= 10 ms',
      ],
    ];
  } finally {
    await stop(bare.child);
  }
}

/** In turn, so that a slow moment hits both. */
async function measureAsked({ port }, token, sandbox) {
  const [mine, theirs] = [[], []];
  const id = await firstServer(sandbox);
  const order = (socket, bearer) => ({
    ...{ socket, connections: 1, seconds: 0.5 },
    lines: [`GET /v1/servers/${id} HTTP/1.1`, `authorization: Bearer ${bearer}`, 'cache-control: no-cache'],
  });
  for (let round = 0; round < 5; round += 1) {
    mine.push((await press(order(port, token))).median);
    theirs.push((await press(order(Number(new URL(sandbox.url).port), sandbox.token))).median);
  }
  const [through, direct] = [median(mine), median(theirs)];
  return [
    '  what it adds to a request that it passes on',
    ms(through - direct),
    `the request itself ${ms(direct)}`,
    '',
    '<= 3 ms',
  ];
}

/** Id of one that the sandbox has. */
async function firstServer(sandbox) {
  const response = await fetch(`${sandbox.url}/servers`, { headers: { authorization: `Bearer ${sandbox.token}` } });
  return (await response.json()).servers[0].id;
}

/** Makes a sandbox, and a daemon before it at `place`. */
async function withGateway(seeded, place, work) {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-gateway-'));
  const sandbox = await openSandbox(['--seed-servers', String(seeded)]);
  const closing = [() => rmSync(folder, { recursive: true, force: true }), sandbox.close];
  try {
    const { url, close, env } = await place(sandbox);
    if (close) closing.push(close);
    const gateway = await startGateway(folder, url, sandbox.token, env);
    closing.push(() => stop(gateway.child));
    return await work(gateway, sandbox);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

export const gatewayRow = {
  name: 'gateway (20 s)',
  bar: '',
  measure: () =>
    withGateway(
      20,
      ({ url }) => ({ url }),
      async (gateway, sandbox) => {
        gateway.admin('user create boss@x.test --role admin --password-file -', 'correct horse battery');
        const token = gateway.admin('token create bench --user boss@x.test');
        const env = { PATH: process.env.PATH };
        return [...(await measureKept(gateway, token, env)), await measureAsked(gateway, token, sandbox)];
      },
    ),
};

/** hcloud at Hetzner itself, cloudctl at the daemon beside it, which is asked every second or so as by a team. */
export const farRow = {
  name: 'server list through the daemon, Hetzner 20 ms away over TLS',
  bar: '<= 0.7 (0.5)',
  needsHcloud: true,
  async measure(hcloud) {
    let far;
    const place = async sandbox => {
      far = await moveAway(sandbox, 20);
      return { ...far, env: { NODE_EXTRA_CA_CERTS: far.trusted } };
    };
    return withGateway(3, place, async (gateway, sandbox) => {
      const theirs = { HCLOUD_ENDPOINT: far.url, HCLOUD_TOKEN: sandbox.token, SSL_CERT_FILE: far.trusted };
      const times = { mine: [], theirs: [] };
      for (let round = 0; round < 21; round += 1) {
        const mine = timeRun([node, program, 'server', 'list'], gateway.access);
        const other = timeRun([hcloud, 'server', 'list'], { ...gateway.access, ...theirs });
        if (round === 0) continue;
        times.mine.push(mine);
        times.theirs.push(other);
      }
      const [through, direct] = [median(times.mine), median(times.theirs)];
      const what = 'server list through the daemon, Hetzner 20 ms away';
      return [[what, ms(through), `hcloud ${ms(direct)}`, ratio(through, direct)]];
    });
  },
};
