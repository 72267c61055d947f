import { readRehearsal, runRehearsal } from '../../core/alerts/rehearsal-file.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command } from '../command.ts';
import { readInput } from '../session.ts';

/** `alert test`: what routes would tell of what happens, in virtual time; nothing is sent and no daemon is asked. */
export const test = command({
  name: 'test',
  summary: 'Play a file of routes and of what happens, in virtual time, and show who would be told what',
  description: `The file is TOML, or JSON or YAML where its name ends in .json, .yaml or .yml: [[routes]] with the settings of cloudctl route create, [[conditions]]
with at, key, state, severity, labels and summary, and [[expect]] with at, channels and title. Where it expects
anything, a message that is missing or too many makes the command fail.`,
  fields: {
    file: field('text', 'The file; - is standard input, TOML or JSON', { operand: 'one', required: true }),
    output: field('text', 'text or json', { short: 'o', choices: ['text', 'json'], default: 'text' }),
  },
  examples: ['cloudctl alert test alerts.toml', 'cloudctl alert test alerts.yaml -o json'],
  exits: ['refused'],
  async run({ world }, { file, output }) {
    const text = (await readInput(world, file)).toString('utf8');
    const { heard, faults } = runRehearsal(readRehearsal(await parse(file, text)));
    if (output === 'json') world.out.write(`${JSON.stringify({ heard, faults }, null, 2)}\n`);
    else
      for (const { at, channels, message } of heard)
        world.out.write(`${formatTime(at)}  ${channels.join(', ')}  ${message.title}\n`);
    if (faults.length > 0) throw new Failure('refused', `${file}: ${faults.join('; ')}`);
  },
});

async function parse(file: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const read = await readDocument(file, text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch (error) {
    throw new Failure('usage', `${file}: ${(error as Error).message.split('\n')[0]}`);
  }
  throw new Failure('usage', `${file}: it is not a table`);
}

async function readDocument(file: string, text: string): Promise<unknown> {
  if (/\.ya?ml$/i.test(file)) return (await import('yaml')).parse(text, { logLevel: 'error' });
  // What comes on standard input has no name.
  if (/\.json$/i.test(file) || (file === '-' && /^\s*\{/.test(text))) return JSON.parse(text);
  return (await import('smol-toml')).parse(text);
}

function formatTime(ms: number): string {
  const part = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}
