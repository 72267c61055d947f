import { Failure } from '../failure.ts';

// RFC 1123, as Hetzner takes it: labels of 63 letters, 253 in all.
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** The names of `count` servers: `{n}` in the pattern is 1 to count, and stands at the end (`-{n}`) where several have none; throws `usage` for what is no host name. */
export function serverNames(pattern: string, count = 1): string[] {
  if (count < 1) throw new Failure('usage', `--count: '${count}' is less than 1`);
  const whole = count > 1 && !pattern.includes('{n}') ? `${pattern}-{n}` : pattern;
  return Array.from({ length: count }, (_, index) => checkHostName(whole.replaceAll('{n}', String(index + 1))));
}

function checkHostName(name: string): string {
  if (hostName.test(name)) return name;
  throw new Failure('usage', `--name: '${name}' is not a host name`, {
    hint: 'Letters, digits and - inside, parts joined by dots, at most 63 characters each',
  });
}
