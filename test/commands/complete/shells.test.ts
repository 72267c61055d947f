import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { run, temporaryHome } from '../../helpers/run.ts';
import { buildProgram, has, runShell } from './shells.ts';

const nasty = ['a:b', 'at@home', 'back\\slash', 'db=1', "it's", 'my server', 'new\nline', 'quo"te', 'web-1', 'x$y'];

let sandbox: Sandbox;
let env: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: { servers: nasty.length },
  });
  for (const [index, server] of [...sandbox.state.servers.values()].entries()) server.name = nasty[index]!;
  env = {
    PATH: `${await buildProgram()}:${process.env.PATH}`,
    HOME: temporaryHome(),
    LC_ALL: 'C.UTF-8',
    CLOUDCTL_TOKEN: sandbox.token,
    CLOUDCTL_ENDPOINT: sandbox.url,
  };
  // A shell that runs below keeps this process, and with it the sandbox, from answering: the names are read before.
  await run(sandbox, 'server list', { env });
}, 60_000);
afterAll(() => sandbox.stop());

/** What bash is given for a line, and the option that was set. */
function askBash(line: string): string[] {
  const script = `
source <(cloudctl completion bash)
compopt() { echo "option $2"; }
COMP_LINE=$LINE COMP_POINT=\${#LINE}
_cloudctl cloudctl "" ""
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const lines = runShell('bash', script, { ...env, LINE: line }).split('\n');
  return lines.slice(0, -1).filter(found => found !== '');
}

test.skipIf(!has('bash'))('bash: nouns, verbs and values come as words to insert', () => {
  expect(askBash('cloudctl serv')).toEqual(['server', 'server-type']);
  expect(askBash('cloudctl server desc')).toEqual(['describe']);
  expect(askBash('cloudctl server list -o col')).toEqual(['option nospace', 'columns=']);
  expect(askBash('cloudctl server list --output=ya')).toEqual(['yaml']);
  expect(askBash('cloudctl --config ')).toEqual(['option default']);
});

test.skipIf(!has('bash'))('bash: names are quoted, and only what readline replaces of them is given', () => {
  expect(askBash('cloudctl server describe my')).toEqual(['my\\ server']);
  expect(askBash('cloudctl server describe "my ')).toEqual(['my server']);
  expect(askBash('cloudctl server describe a:')).toEqual(['b']);
  expect(askBash('cloudctl server describe db=')).toEqual(['1']);
  expect(askBash('cloudctl server describe at@')).toEqual(['@home']);
  expect(askBash('cloudctl server describe new')).toEqual(["$'new\\012line'"]);
  expect(askBash('cloudctl server describe x')).toEqual(['x\\$y']);
  expect(askBash('cloudctl server reboot web-1 we')).toEqual([]);
});

/** What zsh is given for words, by functions in place of those that complete. */
function askZsh(...words: string[]): string[] {
  const script = `
compdef() { }
_files() { print -rN -- "files $PREFIX" }
compset() { PREFIX=\${PREFIX#$~2} }
compadd() { print -rN -- \${(P)2} }
_describe() { print -rN -- \${(P)4} "open \${(P)6}" }
source <(cloudctl completion zsh)
words=("$@") CURRENT=$# PREFIX=$@[-1]
_cloudctl`;
  const quoted = words.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return runShell('zsh', `set -- cloudctl ${quoted}\n${script}`, env).split('\0').slice(0, -1);
}

test.skipIf(!has('zsh'))('zsh: words come with what they mean, whole, for zsh to filter and quote', () => {
  expect(askZsh('server', 'de')).toContain('describe:Show all of a server');
  expect(askZsh('server', 'list', '-o', '')).toEqual(expect.arrayContaining(['json', 'open columns= format=']));
  const names = askZsh('server', 'describe', 'web-1', '');
  expect(names).toEqual(expect.arrayContaining(['back\\slash']));
  expect(names.map(name => name.replace(/:server \d+$/, ''))).toEqual(
    expect.arrayContaining(['a\\:b', "it's", 'my server', 'new\nline', 'x$y']),
  );
  expect(names.some(name => name.startsWith('web-1'))).toBe(false);
});

test.skipIf(!has('zsh'))('zsh: files are left to it, after what stands before the name', () => {
  expect(askZsh('--config', '/et')).toEqual(['files /et']);
  expect(askZsh('--config=/et')).toEqual(['files /et']);
});

test.skipIf(!has('zsh'))('zsh: words that are quoted are understood', () => {
  expect(askZsh('server', 'reboot', 'my\\ server', "'it")).not.toContain('my server');
  expect(askZsh('server', 'reboot', 'my\\ server', '')).toEqual(
    expect.arrayContaining([expect.stringMatching(/^it's/)]),
  );
});

/** What fish offers for a line, without what it means. */
function askFish(line: string): string[] {
  const script = `cloudctl completion fish | source\ncomplete -C $LINE | string join0`;
  return runShell('fish', script, { ...env, LINE: line })
    .split('\0')
    .slice(0, -1);
}

test.skipIf(!has('fish'))('fish: words come with what they mean', () => {
  expect(askFish('cloudctl server de')).toContain('describe\tShow all of a server');
  expect(askFish('cloudctl server list -o col')).toEqual(['columns=']);
  expect(askFish('FOO=1 cloudctl vers')).toEqual(['version\tThe version']);
});

test.skipIf(!has('fish'))('fish: names are whole, whatever is in them and however the typed part is quoted', () => {
  const words = (line: string) => askFish(line).map(word => word.split('\t')[0]);
  expect(words('cloudctl server describe a:')).toEqual(['a:b']);
  expect(words('cloudctl server describe "my ')).toEqual(['my server']);
  expect(words('cloudctl server describe my\\ ')).toEqual(['my server']);
  expect(words('cloudctl server reboot web-1 web')).toEqual([]);
});

test.skipIf(!has('fish'))('fish: files are its own, after what stands before the name', () => {
  expect(askFish('cloudctl --config=/etc/hostn')).toEqual(['--config=/etc/hostname']);
  expect(askFish('cloudctl --config /etc/hostn')).toEqual(['/etc/hostname']);
});

test('for another shell there is a usage error that says which there are', async () => {
  const { status, err } = await run(undefined, 'completion powershell', { env });
  expect(status).toBe(2);
  expect(err).toContain("'powershell' is not one of bash, zsh, fish");
});
