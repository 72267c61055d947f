import { field } from '../core/field.ts';
import { command, type Group } from './command.ts';

const print = command({
  name: 'completion',
  summary: 'Print the completion of a shell',
  description:
    'Source the script, or save it where the shell looks for completions: its first lines say how. ' +
    'Names of servers and other resources are kept on disk for five minutes, so that TAB needs no request.',
  fields: {
    shell: field('text', 'The shell', { operand: 'one', required: true, choices: ['bash', 'zsh', 'fish'] }),
  },
  examples: ['cloudctl completion bash', 'cloudctl completion zsh', 'cloudctl completion fish'],
  exits: [],
  run: async ({ world }, { shell }) => world.out.write(await loadScript(shell)),
});

/** The script for one of the shells that the operand allows. */
async function loadScript(shell: string): Promise<string> {
  if (shell === 'zsh') return (await import('./complete/script-zsh.ts')).zshScript;
  if (shell === 'fish') return (await import('./complete/script-fish.ts')).fishScript;
  return (await import('./complete/script-bash.ts')).bashScript;
}

/** `cloudctl completion`: a word that a shell is told once. */
export const group: Group = { name: 'completion', command: print, commands: [] };
