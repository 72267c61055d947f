import { environmentNames, type Setting, settings } from '../core/config/settings.ts';
import { failures } from '../core/failure.ts';

/** A page of help that belongs to no command. */
export interface Topic {
  readonly summary: string;
  readonly text: () => string;
}

/** `cloudctl help <topic>`, and the man pages of section 7. */
export const topics: Readonly<Record<string, Topic>> = {
  'exit-codes': { summary: 'Exit statuses of cloudctl', text: exitCodes },
  environment: { summary: 'Environment variables that cloudctl understands', text: environment },
};

function exitCodes(): string {
  const rows = Object.entries(failures).map(
    ([code, { exit, when }]) => `  ${String(exit).padEnd(5)}${code.padEnd(14)}${when}`,
  );
  return ['Exit statuses', '', `  ${'0'.padEnd(19)}done; an empty list is success`, ...rows].join('\n');
}

function environment(): string {
  const shown = Object.entries(settings as Readonly<Record<string, Setting>>).filter(([, { hidden }]) => !hidden);
  const rows = shown.flatMap(([name, setting]) =>
    environmentNames(name, setting).map(variable => `  ${variable.padEnd(28)}${setting.summary}`),
  );
  return [
    'Environment variables',
    '',
    ...rows,
    `  ${'CLOUDCTL_DAEMON_TOKEN'.padEnd(28)}Token of the daemon that --daemon names by its address`,
    `  ${'CLOUDCTLD_...'.padEnd(28)}Keys of the daemon's configuration, told by cloudctld example`,
    `  ${'NO_COLOR, TERM=dumb'.padEnd(28)}No colour, no spinner`,
    `  ${'CI'.padEnd(28)}Never ask`,
    `  ${'HTTPS_PROXY, NO_PROXY'.padEnd(28)}The proxy for the API, and the hosts that go without`,
  ].join('\n');
}
