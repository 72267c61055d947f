// The main job before the user's eyes: each command is echoed as typed and run against a sandbox of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/cloudctl.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'cloudctl-demo-'));
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo demo@cloudctl';
// Nothing of the user's own: no configuration, no token, no terminal to be asked on.
const env = { PATH: process.env.PATH, TERM: process.env.TERM, LANG: process.env.LANG, HOME: home, CLOUDCTL_YES: '1' };

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

function run(line, { capture = false } = {}) {
  if (!capture) process.stdout.write(`\n$ cloudctl ${line}\n`);
  const stdio = ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'];
  const done = spawnSync(process.execPath, [program, ...line.split(' ')], { cwd: home, env, stdio, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`cloudctl ${line} ended with status ${done.status}\n${done.stderr ?? ''}`);
  return done.stdout;
}

try {
  writeFileSync(join(home, 'laptop.pub'), `${key}\n`);
  run('sandbox start --speed 3 --auto-approve');
  const variables = run('sandbox env --login', { capture: true }).matchAll(/export (\w+)='([^']*)'/g);
  for (const [, name, value] of variables) env[name] = value;
  for (const [title, lines] of chapters) {
    process.stdout.write(`\n--- ${title}\n`);
    for (const line of lines) run(line);
  }
  process.stdout.write(
    '\nThat was the main job. It ran against a sandbox on this machine: nothing was real, nothing cost money.\n',
  );
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  spawnSync(process.execPath, [program, 'sandbox', 'stop', '--quiet'], { env });
  rmSync(home, { recursive: true, force: true });
}
