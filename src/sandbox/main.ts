import { rename, rm, writeFile } from 'node:fs/promises';
import { parseFlags, usage } from './flags.ts';
import { type Sandbox, startSandbox } from './index.ts';

/** What the sandbox needs of the process that it runs in. */
export interface SandboxProcess {
  pid: number;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
  once(signal: 'SIGTERM' | 'SIGINT', run: () => void): unknown;
}

/**
 * Runs a sandbox until SIGTERM or SIGINT; prints its address and tokens as one JSON line on stdout.
 * Resolves once it is stopped; sets the exit code to 2 for wrong flags, 1 when it cannot start.
 */
export async function sandboxMain(argv: readonly string[], process: SandboxProcess): Promise<void> {
  const complain = (sentence: string, code: number) => {
    process.stderr.write(`cloudctl-sandbox: ${sentence}\n`);
    process.exitCode = code;
  };
  const settings = parseFlags(argv);
  if (typeof settings === 'string') return complain(settings, 2);
  if (settings.help) return void process.stdout.write(usage);
  const stopped = new Promise<void>(resolve => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

  let sandbox: Sandbox;
  try {
    sandbox = await startSandbox(settings.options);
  } catch (error) {
    return complain(explain(error as NodeJS.ErrnoException, settings.options.port), 1);
  }
  const { url, token, readOnlyToken: read_only_token } = sandbox;
  const workos = { url: sandbox.workos.url, client_id: sandbox.workos.clientId };
  const line = `${JSON.stringify({ url, token, read_only_token, pid: process.pid, workos })}\n`;
  const { stateFile } = settings;
  try {
    if (stateFile !== undefined) await writeAtomically(stateFile, line);
  } catch (error) {
    await sandbox.stop();
    return complain(`cannot write ${stateFile}: ${(error as Error).message}`, 1);
  }
  process.stderr.write(
    'This is the cloudctl sandbox: nothing here is real, and nothing costs money. Ctrl-C stops it.\n',
  );
  process.stdout.write(line);
  await stopped;
  if (stateFile !== undefined) await rm(stateFile, { force: true });
  await sandbox.stop();
}

function explain(error: NodeJS.ErrnoException, port: number | undefined): string {
  if (error.code === 'EADDRINUSE') return `port ${port} is in use by another program`;
  if (error.code === 'EACCES') return `port ${port} may not be used by this user`;
  return `cannot start: ${error.message}`;
}

/** Readers see the whole file or none; nobody else may read the tokens. */
async function writeAtomically(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
