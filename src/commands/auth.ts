import { login } from './auth/login.ts';
import { logout } from './auth/logout.ts';
import { record } from './auth/record.ts';
import { list, status, whoami } from './auth/show.ts';
import { switchAccount } from './auth/switch.ts';
import { refresh, token } from './auth/token.ts';
import type { Command, Group } from './command.ts';

// biome-ignore lint/suspicious/noExplicitAny: each command has fields of its own.
const short: readonly Command<any>[] = [login, logout, whoami];

/** The commands that have a short form, with examples of the long one. */
const long = short.map(command => ({
  ...command,
  examples: command.examples.map(line => line.replace(/^cloudctl /, 'cloudctl auth ')),
}));

/** `cloudctl auth`, and its short forms `login`, `logout` and `whoami`. */
export const groups: Readonly<Record<string, Group>> = {
  auth: { name: 'auth', commands: [list, ...long, record, refresh, status, switchAccount, token] },
  ...Object.fromEntries(short.map(command => [command.name, { name: command.name, command, commands: [] }])),
};
