import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { writeItem } from '../output/item.ts';
import { callDaemonProgram, configWords, daemonFields } from './program.ts';

/** `daemon check`: what is wrong with the configuration, or what would happen with it. */
export const check = command({
  name: 'check',
  summary: "Check the daemon's configuration, and show what would happen",
  description:
    'Every fault is told at once, with file, line and key. Nothing is started or changed; without --online nothing is asked of any server.',
  fields: {
    ...daemonFields,
    online: field(
      'boolean',
      'Ask Hetzner what the token may do, and the servers of store and Redis whether they answer',
    ),
    ...outputFields,
  },
  examples: ['cloudctl daemon check', 'cloudctl daemon check --config ./cloudctld.toml --online'],
  exits: [],
  async run({ world }, input) {
    const format = parseFormat(input);
    const words = ['check', ...configWords(input.config), ...(input.online ? ['--online'] : [])];
    const { out, failure } = await callDaemonProgram(world, words);
    if (out !== '') {
      const plan = JSON.parse(out) as { readonly file: string | null };
      await writeItem(world.out, format, plan, {
        nameOf: one => one.file,
        idOf: one => one.file ?? 'defaults',
        now: world.clock.now(),
      });
    }
    if (failure) throw failure;
  },
});
