import { Failure, toFailure } from '../core/failure.ts';
import { nearest } from '../core/nearest.ts';
import { version } from '../core/version.ts';
import { loadConfiguration } from './config/read.ts';
import type { DaemonWorld } from './daemon-world.ts';

/** What the process of the daemon lets it do besides. */
export interface DaemonProcess {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown };
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', run: () => void): unknown;
  /** Has bugs told by this, from now on, before they end the process. */
  onBug(tell: (error: unknown) => void): void;
  /** Ends the process at once. */
  exit(status: number): never;
}

interface Call {
  readonly verb: string;
  readonly operands: readonly string[];
  readonly config: string | undefined;
  readonly flags: ReadonlySet<string>;
}

type Verb = (call: Call, world: DaemonWorld, process: DaemonProcess) => Promise<void>;

const usage = `Usage: cloudctld [--config <file>] [run | check [--online] | where | example | backup <file> | restore <file> [--new-key]]

  run       serve until SIGTERM or SIGINT; SIGHUP reads the configuration again (the default)
  check     say what is wrong with the configuration and what would happen
  where     print where the daemon of this configuration is, as JSON
  example   print a configuration file that explains every key
  backup    copy the store to a file
  restore   put a copy in the place of the store, while the daemon is stopped; --new-key where store.key is lost
`;

const verbs: Readonly<Record<string, Verb>> = {
  run,
  check: async (call, world, { out }) =>
    (await import('./process-check.ts')).check(
      world,
      call.config,
      { online: call.flags.has('--online'), json: call.flags.has('--json') },
      out,
    ),
  where: async (call, world, { out }) => (await import('./process-check.ts')).where(world, call.config, out),
  example: async (_call, _world, { out }) =>
    void out.write((await import('./config/example.ts')).exampleConfiguration()),
  backup: async (call, world, { out }) =>
    (await import('./process-copy.ts')).backup(await loadConfiguration(world, call.config), file(call), out),
  restore: async (call, world, { out }) =>
    (await import('./process-copy.ts')).restore(
      await loadConfiguration(world, call.config),
      file(call),
      { now: world.clock.now(), newKey: call.flags.has('--new-key') },
      out,
    ),
};

/** Runs one command line of cloudctld and resolves with the exit status; what fails is told on standard error, as JSON with `--json`. */
export async function daemonMain(argv: readonly string[], world: DaemonWorld, process: DaemonProcess): Promise<number> {
  try {
    if (argv.includes('--version')) process.out.write(`cloudctld ${version}\n`);
    else if (argv.includes('--help') || argv.includes('-h')) process.out.write(usage);
    else {
      const call = parse(argv);
      await verbs[call.verb]!(call, world, process);
    }
    return 0;
  } catch (error) {
    const failure = toFailure(error);
    process.err.write(argv.includes('--json') ? `${JSON.stringify({ error: plain(failure) })}\n` : explain(failure));
    return failure.exit;
  }
}

async function run(call: Call, world: DaemonWorld, { on, onBug, exit }: DaemonProcess): Promise<void> {
  const load = () => loadConfiguration(world, call.config);
  const { startDaemon } = await import('./daemon.ts');
  let end = () => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  let isEnding = false;
  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    on(signal, () => {
      if (isEnding) exit(status);
      isEnding = true;
      end();
    });
  }
  // Until it is ready there is nothing to reload, and by default the signal would end the process.
  let reload = () => {};
  on('SIGHUP', () => reload());
  const daemon = await startDaemon(world, await load(), load);
  // The log hides what is secret.
  onBug(error => daemon.log.error('a bug ends the daemon', { error }));
  reload = () => void daemon.reload();
  await ended;
  await daemon.stop();
}

function parse(argv: readonly string[]): Call {
  const words: string[] = [];
  const flags = new Set<string>();
  let config: string | undefined;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at]!;
    if (word === '--config') {
      at += 1;
      config = argv[at] ?? '';
    } else if (word.startsWith('--config=')) config = word.slice('--config='.length);
    else if (['--online', '--json', '--new-key'].includes(word)) flags.add(word);
    else if (word.startsWith('-')) throw new Failure('usage', `unknown option '${word}'`, { hint: 'cloudctld --help' });
    else words.push(word);
  }
  if (config === '') throw new Failure('usage', '--config needs a file');
  const [verb = 'run', ...operands] = words;
  if (!Object.hasOwn(verbs, verb)) {
    const meant = nearest(verb, Object.keys(verbs));
    throw new Failure('usage', `unknown verb '${verb}'`, {
      hint: meant ? `Did you mean cloudctld ${meant}?` : 'cloudctld --help',
    });
  }
  const most = verb === 'backup' || verb === 'restore' ? 1 : 0;
  if (operands.length > most)
    throw new Failure('usage', `cloudctld ${verb}: '${operands[most]}' is too much`, { hint: 'cloudctld --help' });
  return { verb, operands, config, flags };
}

function file({ verb, operands }: Call): string {
  if (operands[0]) return operands[0];
  throw new Failure('usage', `cloudctld ${verb} needs a file`, { hint: `cloudctld ${verb} <file>` });
}

function plain({ code, message, hint, details, exit }: Failure) {
  return { code, message, hint, details: details ?? null, exit };
}

function explain({ message, hint, code, cause }: Failure): string {
  const [first = '', ...more] = message.split('\n');
  const lines = [`cloudctld: ${first}`, ...more.map(line => `  ${line}`), ...(hint ? [hint] : [])];
  if (code === 'unexpected' && cause instanceof Error && cause.stack) lines.push(cause.stack);
  return `${lines.map(line => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?')).join('\n')}\n`;
}
