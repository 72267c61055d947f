import { formatDuration } from '../../core/config/values.ts';
import { type KeyName, keyOf, keys } from './keys.ts';

/** A configuration file that sets nothing and explains every key, as a begin. */
export function exampleConfiguration(): string {
  const names = Object.keys(keys) as KeyName[];
  const plain = names.filter(name => !name.includes('.')).map(name => explain(name, name));
  const tables = [...new Set(names.filter(name => name.includes('.')).map(name => name.split('.')[0]!))].map(table => {
    const own = names.filter(name => name.startsWith(`${table}.`));
    return `[${table}]\n${own.map(name => explain(name, name.slice(table.length + 1))).join('\n')}`;
  });
  return [
    '# Configuration of cloudctld. Each key may be given by its environment variable too, which wins.\n# Check it: cloudctl daemon check\n',
    ...plain,
    ...tables,
    '# Commands that schedules may run before and after an image, by name.\n# [hooks.freeze-database]\n# command = ["/usr/local/bin/freeze", "web"]\n# timeout = "60s"\n',
  ].join('\n');
}

function explain(name: KeyName, key: string): string {
  const { summary, env, default: usual, live, type, choices, placeholder, sample: told } = keyOf(name);
  const set = type === 'duration' && typeof usual === 'number' ? formatDuration(usual) : usual;
  const sample = set ?? choices?.[0] ?? placeholder ?? '';
  const made = type === 'integer' ? (usual ?? 1) : type === 'list' ? '["10.0.0.0/8"]' : `"${sample}"`;
  return `# ${summary}.\n# ${env}${live ? '; taken over by a reload' : ''}\n# ${key} = ${told ?? made}\n`;
}
