// The main job before the user's eyes: each command is echoed as typed and run against a sandbox of its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/cloudctl.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'cloudctl-demo-'));
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo demo@cloudctl';
const state = join(home, 'daemon');
const socket = join(state, 'cloudctl.sock');
// Nothing of the user's own: no configuration, no token, no daemon, no terminal to be asked on.
const env = {
  ...{ PATH: process.env.PATH, TERM: process.env.TERM, LANG: process.env.LANG, HOME: home, CLOUDCTL_YES: '1' },
  ...{ CLOUDCTLD_CONFIG: join(home, 'cloudctld.toml'), CLOUDCTL_DAEMON: `unix://${socket}` },
};

const chapters = [
  [
    'Signing in: a person approves in a browser, whose part the sandbox plays here',
    [
      'login',
      'auth status --query {account:account,organization:organization,role:role,expires:expires}',
      'context create sandbox --account ada@example.com',
    ],
  ],
  [
    'A key and a server',
    [
      'ssh-key create --name laptop --public-key-from-file laptop.pub',
      'server create --name web-1 --type cx23 --image debian-13 --location fsn1 --ssh-key laptop --label env=demo',
      'server describe web-1 --query {name:name,status:status,type:server_type.name,ipv4:public_net.ipv4.ip}',
    ],
  ],
  [
    'A volume, attached',
    [
      'volume create --name data-1 --size 20 --location fsn1 --format ext4',
      'volume attach data-1 --server web-1',
      'volume list',
    ],
  ],
  [
    'A snapshot of the server, taken while it is off',
    ['snapshot create web-1 --shutdown --description before-upgrade', 'snapshot list'],
  ],
  [
    'A daemon, which takes images by a schedule and lets go of old ones',
    [
      showConfiguration,
      'daemon start --query {ready:ready,store:store.kind,hetzner:hetzner.state}',
      "schedule create often --server web-1 --cron '*/5 * * * * *' --keep-last 1 --grace 0s",
      waitFor('the first image', 'backup list --state good', 1),
      async () => `backup hold ${(await read('backup list -o json')).at(-1).id} --reason 'before the migration'`,
      "daemon freeze --reason 'let us look first'",
      waitFor('two more images, while nothing may be deleted', 'backup list --state good', 3),
      'backup list',
      'schedule plan often',
      'daemon unfreeze',
      waitFor('an image that no rule wants to be deleted', 'backup list --state deleted', 1),
      'backup list --state good,deleted',
      'audit list --limit 10',
      'audit verify',
      'schedule delete often',
    ],
  ],
  [
    'Something to watch, and a channel by which people hear of it: here a receiver of webhooks',
    [
      openReceiver,
      'route create all --channel ops --group-wait 1s --group-interval 1s',
      async () =>
        `check create site --type http --url http://127.0.0.1:${site.address().port}/ --interval 10s --count 1`,
      until('the check to find it up', async () => (await read('check list -o json'))[0].state === 'up'),
      closeSite,
      until('somebody to be told', async () => told.length === 1),
      'check list',
      'alert list',
      "alert ack check/1 --reason 'looking at it'",
      openSite,
      until('somebody to be told that it is over', async () => told.length === 2),
      'alert describe check/1 --query {key:key,state:state,started:started,ended:ended,acknowledged_by:acknowledged_by}',
      'uptime',
      'daemon stop',
    ],
  ],
  [
    'Two more servers, and all of them at once',
    [
      'server create --name app-{n} --count 2 --type cax11 --image debian-13 --location fsn1 --ssh-key laptop --label env=demo',
      'server reboot -l env=demo',
      'server list -o wide',
    ],
  ],
  [
    'How it does, what happened, and what it costs',
    ['server metrics web-1 --type cpu --since 1h', 'activity --limit 8', 'cost'],
  ],
  [
    'Clean-up',
    [
      'volume detach data-1',
      'volume delete data-1',
      'server delete -l env=demo',
      'snapshot delete --older-than 0s',
      'ssh-key delete laptop',
      'all list',
      'logout',
    ],
  ],
];

// Ctrl-C, or a kill, ends the step under way; then everything is put away as after a fault.
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ended.abort());

/** What is watched, and what the receiver of webhooks has been told. */
const told = [];
const site = createServer((_, response) => response.end('Welcome'));
let sitePort = 0;

/** The words of a line as a shell has them, where quotes are single ones around a whole word. */
const words = line => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

async function run(line, { capture = false } = {}) {
  if (!capture) process.stdout.write(`\n$ cloudctl ${line}\n`);
  const stdio = ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'];
  const child = spawn(process.execPath, [program, ...words(line)], { cwd: home, env, stdio, signal: ended.signal });
  const texts = [child.stdout, child.stderr].map(async stream => (stream ? (await stream.toArray()).join('') : ''));
  const [[status], out, err] = await Promise.all([once(child, 'exit'), ...texts]);
  if (status !== 0) throw new Error(`cloudctl ${line} ended with status ${status}\n${err}`);
  return out;
}

async function read(line) {
  return JSON.parse(await run(line, { capture: true }));
}

/** A step that goes on when the command lists so many. */
function waitFor(what, line, count) {
  return until(what, async () => (await read(`${line} -o json`)).length >= count);
}

/** A step that goes on when it is so. */
function until(what, isSo) {
  return async () => {
    process.stdout.write(`\n(waiting for ${what})\n`);
    for (let left = 100; !(await isSo()); left -= 1) {
      if (left === 0) throw new Error(`${what}: did not come`);
      await sleep(500, undefined, { signal: ended.signal });
    }
  };
}

/** A receiver of webhooks, as a chat or a pager is one, and the channel that leads to it. */
async function openReceiver() {
  const receiver = createServer(async (request, response) => {
    const { type, data } = JSON.parse((await request.toArray()).join(''));
    told.push(type);
    process.stdout.write(`\n(received: ${type}: ${data.title})\n`);
    response.writeHead(204).end();
  });
  receiver.listen(0, '127.0.0.1').unref();
  site.listen(0, '127.0.0.1').unref();
  await Promise.all([once(receiver, 'listening'), once(site, 'listening')]);
  return `channel create ops --type webhook --url http://127.0.0.1:${receiver.address().port}/`;
}

/** The site goes away, and comes back where it was. */
async function closeSite() {
  process.stdout.write('\n(the site goes away)\n');
  sitePort = site.address().port;
  site.close();
  site.closeAllConnections();
}

async function openSite() {
  process.stdout.write('\n(the site is back)\n');
  site.listen(sitePort, '127.0.0.1').unref();
  await once(site, 'listening');
}

/** The daemon's configuration, written and shown: the project is the sandbox. */
async function showConfiguration() {
  const { url, token } = await read('sandbox status -o json');
  writeFileSync(join(home, 'hetzner-token'), token, { mode: 0o600 });
  const keys = { 'state-directory': state, socket, 'hetzner-endpoint': url };
  const lines = Object.entries({ ...keys, 'hetzner-token-file': join(home, 'hetzner-token') });
  // The receiver of webhooks is on this machine, to which no channel may lead otherwise.
  lines.push(['allow-private-targets', ['127.0.0.1']]);
  const text = lines.map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('');
  writeFileSync(env.CLOUDCTLD_CONFIG, text);
  process.stdout.write(`\ncloudctld.toml:\n${text.replace(/^/gm, '  ').trimEnd()}\n`);
}

try {
  writeFileSync(join(home, 'laptop.pub'), `${key}\n`);
  await run('sandbox start --speed 10 --auto-approve');
  const variables = (await run('sandbox env --login', { capture: true })).matchAll(/export (\w+)='([^']*)'/g);
  for (const [, name, value] of variables) env[name] = value;
  for (const [title, steps] of chapters) {
    process.stdout.write(`\n--- ${title}\n`);
    for (const step of steps) {
      const line = typeof step === 'string' ? step : await step();
      if (line) await run(line);
    }
  }
  process.stdout.write(
    '\nThat was the main job. It ran against a sandbox on this machine: nothing was real, nothing cost money.\n',
  );
} catch (error) {
  process.stderr.write(`\nThe demo ${ended.signal.aborted ? 'was stopped' : `failed: ${error.message}`}\n`);
  process.exitCode = 1;
} finally {
  for (const noun of ['daemon', 'sandbox']) spawnSync(process.execPath, [program, noun, 'stop', '--quiet'], { env });
  rmSync(home, { recursive: true, force: true });
}
