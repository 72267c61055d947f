import { field } from '../../field.ts';
import { down, kind, up } from '../check.ts';

const settings = {
  server: field('text', 'Server, by name or id', {
    required: true,
    placeholder: 'server',
    refers: { resource: 'server', as: 'name' },
  }),
  expect: field('text', 'What Hetzner has to say of it', { default: 'running', placeholder: 'status' }),
} as const;

/** What Hetzner says a server is doing; all such checks share one list of servers. */
export const state = kind({
  name: 'state',
  summary: 'The status of a server as Hetzner has it',
  settings,
  needs: 'hetzner',
  async run({ server: wanted, expect }, { servers }) {
    const all = await servers();
    const server = all.find(({ name }) => name === wanted) ?? all.find(({ id }) => String(id) === wanted);
    if (!server) return down(`there is no server ${wanted}`);
    return server.status === expect ? up(server.status) : down(`${server.name} is ${server.status}`);
  },
});
