import type { SandboxOptions } from './index.ts';
import { isLoopback } from './loopback.ts';

/** What the command line of the sandbox asks for. */
export interface Settings {
  options: SandboxOptions;
  stateFile: string | undefined;
  help: boolean;
}

/** The flags of the sandbox, as shown by --help. */
export const usage = `Usage: cloudctl-sandbox [flags]

Starts a stand-in for the Hetzner Cloud API and for WorkOS on this machine. Nothing in it is real or costs money.

  --port <number>             port to listen on (default: a free one)
  --host <address>            loopback address to listen on (default: 127.0.0.1)
  --speed <number>            how many times faster than life actions are (default: 1)
  --latency <ms>              milliseconds added to each reply (default: 0)
  --rate-limit <number>       requests per hour (default: 3600)
  --seed-servers <number>     servers to begin with (default: 0)
  --auto-approve              approve every sign-in at once, as the first user
  --token-lifetime <seconds>  how long an access token lasts (default: 300)
  --state-file <file>         where to write the address and the tokens as JSON
  --help                      show this
`;

/** Reads the flags; a string is a sentence that says what is wrong with them. */
export function parseFlags(argv: readonly string[]): Settings | string {
  const settings: Settings = { options: {}, stateFile: undefined, help: false };
  const { options } = settings;
  const rest = argv.flatMap(word => (/^--[a-z-]+=/.test(word) ? split(word) : [word]));
  while (rest.length > 0) {
    const flag = rest.shift()!;
    const turnOn = switches[flag];
    if (turnOn) {
      turnOn(settings);
      continue;
    }
    const rule = rules[flag];
    if (!rule) return `unknown flag ${flag}; see cloudctl-sandbox --help`;
    const value = rest.shift();
    if (value === undefined || value === '') return `${flag} needs a value`;
    const wrong = rule(value, options, settings);
    if (wrong) return `${flag} ${wrong}, not ${value}`;
  }
  return settings;
}

const switches: Record<string, (settings: Settings) => void> = {
  '--help': settings => (settings.help = true),
  '-h': settings => (settings.help = true),
  '--auto-approve': ({ options }) => (options.workos = { ...options.workos, autoApprove: true }),
};

type Rule = (value: string, options: SandboxOptions, settings: Settings) => string | undefined;

const rules: Record<string, Rule> = {
  '--port': (value, options) => integer(value, 0, 65_535, number => (options.port = number)),
  '--host': (value, options) => {
    options.host = value;
    return isLoopback(value) ? undefined : 'must be a loopback address such as 127.0.0.1';
  },
  '--speed': (value, options) => {
    options.speed = value === 'Infinity' || /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
    return options.speed > 0 ? undefined : 'must be a number above 0';
  },
  '--latency': (value, options) => integer(value, 0, 600_000, number => (options.latency = number)),
  '--rate-limit': (value, options) => integer(value, 1, 1_000_000_000, number => (options.rateLimit = number)),
  '--seed-servers': (value, options) => integer(value, 0, 100_000, servers => (options.seed = { servers })),
  '--token-lifetime': (value, options) =>
    integer(value, 1, 31_536_000, tokenLifetime => (options.workos = { ...options.workos, tokenLifetime })),
  '--state-file': (value, _options, settings) => {
    settings.stateFile = value;
    return undefined;
  },
};

function integer(value: string, min: number, max: number, set: (number: number) => unknown): string | undefined {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : -1;
  if (number < min || number > max) return `must be a whole number from ${min} to ${max}`;
  set(number);
  return undefined;
}

function split(word: string): string[] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}
