import { field } from '../core/field.ts';
import { version } from '../core/version.ts';
import { command } from './command.ts';

const show = command({
  name: 'version',
  summary: 'Print the version',
  fields: { long: field('boolean', 'With the versions of Node and the platform') },
  examples: ['cloudctl version --long'],
  exits: [],
  run: async ({ world }, { long }) => {
    world.out.write(`cloudctl ${version}\n`);
    if (long) world.out.write(`node ${world.runtime}\nplatform ${world.platform}\n`);
  },
});

export const group = { name: 'version', command: show, commands: [] };
