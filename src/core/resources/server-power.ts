import { Failure } from '../failure.ts';
import { field } from '../field.ts';
import { verb } from '../resource.ts';
import { pollServer } from '../server-status.ts';
import { act, action } from '../verbs.ts';

/** Power, from the gentle to the hard. */
export const power = {
  poweron: action('poweron', 'Switch servers on'),
  poweroff: action('poweroff', 'Cut the power of servers, as if pulling the plug'),
  reboot: action('reboot', 'Ask servers to restart'),
  reset: action('reset', 'Cut the power of servers and start them again'),
  shutdown: verb({
    kind: 'change',
    summary: 'Ask servers to shut down',
    fields: {
      wait: field('boolean', 'Wait until the servers are off'),
      'wait-timeout': field('duration', 'How long to wait until they are off', {
        default: 30_000,
        placeholder: 'duration',
      }),
    },
    examples: ['web-1 --wait'],
    run: async ({ api, resource, item, input, clock, signal }) => {
      const asked = await act(api, resource, item, 'shutdown');
      if (!input.wait) return asked;
      const timeout = input['wait-timeout'];
      const next = async () => {
        const off = await pollServer(api, clock, item.id, server => server.status === 'off', { timeout, signal });
        if (off) return {};
        throw new Failure('timeout', `server ${item.name} is not off after ${timeout / 1000} s`, {
          hint: `cloudctl server poweroff ${item.name}`,
        });
      };
      return { ...asked, next };
    },
  }),
};
