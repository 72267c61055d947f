import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome, words } from '../helpers/run.ts';
import { runBinary } from './binary.ts';
import { startGateway } from './gateway.ts';

type Env = Readonly<Record<string, string>>;

/** A user of cloudctl, with a home and what else is in the environment. */
const userOf = (env: Env) => async (line: string, stdin?: string) => {
  const { status, out, err } = await runBinary(undefined, words(line), {
    env: { CLOUDCTL_YES: '1', ...env },
    ...(stdin !== undefined && { stdin }),
  });
  if (status !== 0) throw new Error(`cloudctl ${line} ended with ${status}: ${err}`);
  return out;
};

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo';

/** What somebody does with a project, and what of the output is the same wherever it is done. */
const steps: readonly string[] = [
  `ssh-key create --name laptop --public-key '${key}' -o columns=name`,
  'server create --name web-1 --type cx23 --image debian-13 --location fsn1 --ssh-key laptop --label env=prod -o columns=name,status',
  'server create --name app-{n} --count 2 --type cax11 --image debian-13 --location fsn1 -o columns=name,status',
  'server create --name web-1 --type cx23 --image debian-13 --location fsn1 --ensure -o columns=name,status',
  'server list -o columns=name,status,type',
  'server list -l env=prod -o json --query [].name',
  'server describe web-1 --query {name:name,labels:labels,status:status,type:server_type.name}',
  'server add-label web-1 tier=front',
  'server describe web-1 --query labels -o json',
  'server remove-label web-1 tier',
  'server reboot web-1 app-1 --quiet',
  'snapshot create web-1 --shutdown --description before -o columns=description,server',
  'server describe web-1 --query status -o json',
  'snapshot list -o columns=description,server',
  'server resize web-1 cx33 -o columns=name,type',
  'volume create --name data --size 10 --location fsn1 -o columns=name,size',
  'volume attach data --server web-1',
  'volume resize data --size 20',
  'volume list -o columns=name,size,server',
  'image list --type snapshot -o columns=description',
  'image list --type system -o columns=name',
  'server metrics web-1 --type cpu --since 1h -o json --query step',
  'cost -o json --query currency',
  'all list -o columns=resource,name',
  'api GET servers --query servers[].name',
  'activity -o json --query [].command',
  'server wait web-1 --for status=running --quiet',
  'server enable-protection web-1 delete rebuild',
  'server disable-protection web-1 delete rebuild',
  'volume detach data',
  'volume delete data',
  'snapshot delete before',
  'server delete web-1 app-1 app-2',
  'ssh-key delete laptop',
  'all list',
];

/** Runs them all; what each printed. */
async function print(user: (line: string) => Promise<string>): Promise<readonly string[]> {
  const printed: string[] = [];
  for (const line of steps) printed.push(`$ ${line}\n${await user(line)}`);
  return printed;
}

/** The same at Hetzner itself. */
async function printDirectly(): Promise<readonly string[]> {
  const sandbox = await startSandbox({ speed: 100 });
  try {
    const env = { HOME: temporaryHome(), CLOUDCTL_ENDPOINT: sandbox.url, CLOUDCTL_TOKEN: sandbox.token };
    return await print(userOf(env));
  } finally {
    await sandbox.stop();
  }
}

describe('the built cloudctl through the gateway', { timeout: 300_000 }, () => {
  it('does all that it does at Hetzner itself: as a client with a context, and with no configuration by the socket', async () => {
    const direct = await printDirectly();
    const before = await startGateway({ speed: 100 });
    const client = userOf({ HOME: temporaryHome() });
    await client(
      `context create team --endpoint ${before.url} --token-stdin`,
      await before.token('a@x.test', 'client'),
    );
    expect(await print(client)).toEqual(direct);

    const { runtime } = await startGateway({ speed: 100 });
    expect(await print(userOf({ HOME: temporaryHome(), XDG_RUNTIME_DIR: runtime }))).toEqual(direct);
  });

  it('completes names, goes on with a journal, and says whose token it is', async () => {
    const { url, token, sandbox } = await startGateway({ speed: 100 });
    const HOME = temporaryHome();
    const [ada, bob] = [
      userOf({ HOME }),
      userOf({ HOME: temporaryHome(), CLOUDCTL_ENDPOINT: url, CLOUDCTL_TOKEN: await token('bob@x.test', 'client') }),
    ];
    await ada(`context create team --endpoint ${url} --token-stdin`, await token('ada@x.test', 'client'));
    await ada('server create --name web-1 --type cx23 --image debian-13 --location fsn1 --quiet');
    expect(await ada("__complete fish -- server describe ''")).toContain('web-1');
    expect(await bob("__complete fish -- server describe ''")).not.toContain('web-1');
    expect(await ada('whoami')).toContain('ada@x.test');
    await expect(bob('server describe web-1')).rejects.toThrow('ended with 5: cloudctl: server not found: web-1');

    sandbox.fault({ kind: 'lost', method: 'POST', path: '/servers' });
    await ada('server create --name web-2 --type cx23 --image debian-13 --location fsn1 --quiet');
    expect(await ada('server list -o name')).toBe('web-1\nweb-2\n');

    // Its own token is good: it is the one of the daemon that Hetzner does not take.
    sandbox.fault({ kind: 'status', status: 401, method: 'POST', times: 1000 });
    await expect(ada('server reboot web-1 --timeout 3s')).rejects.toThrow(
      /ended with 8: .*Hetzner cannot be asked now/,
    );
  });
});
