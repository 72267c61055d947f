import { Failure } from '../failure.ts';
import type { Keyring } from '../world.ts';

const bound = 3_000;

/** The keyring of this system, under the service `cloudctl`. `onStuck` is called when a call was given up on: its thread goes on, and a process that ends waits for its threads. */
export function openKeyring(onStuck: () => void): Keyring {
  return {
    get: name => call(name, onStuck, async entry => (await entry.getPassword()) ?? undefined),
    set: (name, secret) => call(name, onStuck, entry => entry.setPassword(secret)),
    remove: name => call(name, onStuck, async entry => void (await entry.deletePassword())),
  };
}

type Entry = import('@napi-rs/keyring').AsyncEntry;

async function call<T>(name: string, onStuck: () => void, work: (entry: Entry) => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onStuck();
      reject(new Error('no answer in 3 s'));
    }, bound);
  });
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    // Pinned: without it the library falls back to the kernel's keyring, which forgets at reboot.
    const entry = new AsyncEntry('cloudctl', name, { linux: { store: 'secret-service' } });
    return await Promise.race([work(entry), late]);
  } catch (cause) {
    throw new Failure('unreachable', `the keyring does not work: ${(cause as Error).message}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
