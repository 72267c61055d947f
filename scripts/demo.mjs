// The main job before the user's eyes: each command is echoed as typed and run against a sandbox of its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closeSite, openReceiver, openSite, site, told } from './demo-site.mjs';

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
    ],
  ],
  [
    'Two clients of one project: through the daemon each sees and touches what is theirs',
    [
      ...['cleo', 'ben'].flatMap(name => [
        `user create ${name}@example.com --role client --password-file password`,
        enter(name),
        as(name, `server create --name shop-${name} --type cx23 --image debian-13 --location fsn1 --quiet`),
      ]),
      as('cleo', 'server list'),
      as('ben', 'server list'),
      as('ben', 'server describe shop-cleo', { expected: 5 }),
      as('ben', 'server list', { tool: 'hcloud' }),
      'server list --query \'[].{name:name,owner:labels."cloudctl/owner"}\'',
      ...['cleo', 'ben'].map(name => as(name, `server delete shop-${name}`)),
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

/** Tokens of the daemon's, by whose they are. */
const tokens = new Map();

/** The words of a line as a shell has them, where quotes are single ones around a whole word. */
const words = line => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

async function run(line, { capture = false, tool = 'cloudctl', more = {}, expected = 0 } = {}) {
  if (!capture) process.stdout.write(`\n$ ${tool} ${line}\n`);
  const stdio = ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'];
  const [file, ...first] = tool === 'cloudctl' ? [process.execPath, program] : [tool];
  const options = { cwd: home, env: { ...env, ...more }, stdio, signal: ended.signal };
  const child = spawn(file, [...first, ...words(line)], options);
  const texts = [child.stdout, child.stderr].map(async stream => (stream ? (await stream.toArray()).join('') : ''));
  const [[status], out, err] = await Promise.all([once(child, 'exit'), ...texts]);
  if (status !== expected) throw new Error(`${tool} ${line} ended with status ${status}\n${err}`);
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

/** A step that makes a token for somebody, which is not shown here. */
function enter(name) {
  return async () => {
    const line = `token create ${name} --user ${name}@example.com --ttl 1h`;
    process.stdout.write(`\n$ cloudctl ${line} > ${name}.token\n`);
    tokens.set(name, (await run(line, { capture: true })).trim());
  };
}

/** A step of somebody with a token of the daemon; left out where the tool is not installed. */
function as(name, line, { tool = 'cloudctl', expected = 0 } = {}) {
  return async () => {
    if (tool !== 'cloudctl' && spawnSync(tool, ['version']).error) return;
    const url = `${(await read('daemon status -o json')).listen}/v1`;
    const token = tokens.get(name);
    const more = { HOME: join(home, name), CLOUDCTL_ENDPOINT: url, CLOUDCTL_TOKEN: token };
    process.stdout.write(`\n(${name}, with an address and a token of the daemon:)`);
    const ofHcloud = { HCLOUD_CONFIG: join(home, 'cli.toml'), HCLOUD_ENDPOINT: url, HCLOUD_TOKEN: token };
    await run(line, { tool, expected, more: { ...more, ...ofHcloud } });
  };
}

/** The daemon's configuration, written and shown: the project is the sandbox. */
async function showConfiguration() {
  const { url, token } = await read('sandbox status -o json');
  writeFileSync(join(home, 'hetzner-token'), token, { mode: 0o600 });
  const keys = { 'state-directory': state, socket, listen: '127.0.0.1:0', 'hetzner-endpoint': url };
  const lines = Object.entries({ ...keys, 'hetzner-token-file': join(home, 'hetzner-token') });
  // The receiver of webhooks and the site are on this machine, to which neither channel nor check may lead otherwise.
  for (const key of ['allow-private-targets', 'allow-private-checks']) lines.push([key, ['127.0.0.1']]);
  const text = lines.map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('');
  writeFileSync(env.CLOUDCTLD_CONFIG, text);
  process.stdout.write(`\ncloudctld.toml:\n${text.replace(/^/gm, '  ').trimEnd()}\n`);
}

try {
  writeFileSync(join(home, 'laptop.pub'), `${key}\n`);
  writeFileSync(join(home, 'password'), 'correct horse battery staple\n', { mode: 0o600 });
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
