import { execFile } from 'node:child_process';
import { Failure } from '../../core/failure.ts';
import { nearest } from '../../core/nearest.ts';
import type { Hook } from '../config/hooks.ts';
import type { Surroundings } from '../config/places.ts';

/** Runs the command of that name, which gets these variables and of the daemon's own environment only what no secret is in; throws `usage` for a name that the configuration does not have, `refused` when the command fails, `timeout` when it takes too long. */
export async function runHook(
  hooks: Readonly<Record<string, Hook>>,
  name: string,
  variables: Readonly<Record<string, string>>,
  { env, signal }: Pick<Surroundings, 'env'> & { readonly signal?: AbortSignal },
): Promise<void> {
  const hook = Object.hasOwn(hooks, name) ? hooks[name]! : undefined;
  if (!hook) throw unknownHook(name, Object.keys(hooks));
  const [program = '', ...words] = hook.command;
  const kept = Object.fromEntries(['PATH', 'HOME', 'LANG', 'TZ'].flatMap(key => (env[key] ? [[key, env[key]]] : [])));
  const options = {
    env: { ...kept, ...variables },
    timeout: hook.timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 20,
    signal,
  } as const;
  await new Promise<void>((resolve, reject) => {
    execFile(program, words, options, (error, out, err) =>
      error ? reject(explain(name, hook, error, err || out)) : resolve(),
    );
  });
}

function unknownHook(name: string, known: readonly string[]): Failure {
  const meant = nearest(name, known);
  const hint = meant
    ? `Did you mean ${meant}?`
    : `Hooks are declared in the daemon's configuration: ${known.join(', ') || 'there are none'}`;
  return new Failure('usage', `unknown hook: ${name}`, { hint });
}

function explain(
  name: string,
  { timeout }: Hook,
  error: Error & { code?: unknown; killed?: boolean; signal?: unknown },
  said: string,
): Failure {
  const last = said.trim().split('\n').at(-1)?.slice(0, 500);
  const more = { hint: last ? `It said: ${last}` : undefined, cause: error };
  if (error.name === 'AbortError') return new Failure('interrupted', `hook ${name}: the daemon stops`, more);
  if (error.code === 'ENOENT' || error.code === 'EACCES')
    return new Failure('refused', `hook ${name}: the program cannot be run (${error.code})`, more);
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return new Failure('refused', `hook ${name} wrote more than a mebibyte`, more);
  if (error.killed) return new Failure('timeout', `hook ${name} took longer than ${timeout} ms`, more);
  const how = typeof error.code === 'number' ? `with status ${error.code}` : `by ${error.signal}`;
  return new Failure('refused', `hook ${name} ended ${how}`, more);
}
