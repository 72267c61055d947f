import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import type { Keyring, World } from '../../../src/core/world.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { noKeyring } from '../../helpers/keyring.ts';

/** A folder of its own for one test, gone afterwards. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cloudctl-test-'));
  onTestFinished(() => {
    fs.chmodSync(folder, 0o700);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The parts of a World that settings depend on, with a home of its own. */
export interface Home extends Pick<World, 'env' | 'platform' | 'clock' | 'signal' | 'keyring'> {
  readonly folder: string;
  readonly config: string;
  readonly credentials: string;
}

/** A home with that configuration file, if any, and that environment besides HOME. */
export function home(
  options: { config?: string; credentials?: unknown; env?: Record<string, string>; keyring?: Keyring } = {},
): Home {
  const folder = temporaryFolder();
  const config = path.join(folder, '.config', 'cloudctl', 'config.toml');
  const credentials = path.join(path.dirname(config), 'credentials.json');
  fs.mkdirSync(path.dirname(config), { recursive: true, mode: 0o700 });
  if (options.config !== undefined) fs.writeFileSync(config, options.config, { mode: 0o600 });
  if (options.credentials !== undefined) {
    const text = JSON.stringify({ version: 1, credentials: options.credentials });
    fs.writeFileSync(credentials, text, { mode: 0o600 });
  }
  return {
    folder,
    config,
    credentials,
    env: { HOME: folder, ...options.env },
    platform: 'linux',
    clock: fakeClock(),
    signal: new AbortController().signal,
    keyring: options.keyring ?? noKeyring,
  };
}

/** The Failure that something throws or rejects with. */
export async function failureOf(work: () => unknown): Promise<Failure> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A token of the shape that Hetzner's have. */
export const sampleToken = 'Abc0123456789def'.repeat(4);
