import { version } from '../../../core/version.ts';
import { freeze, readFrozen, unfreeze } from '../../frozen.ts';
import type { Tools } from '../../tools.ts';
import type { Service } from '../service.ts';

/** What the daemon does about itself; `more` is what else its status tells. */
export function daemonService(
  tools: Pick<Tools, 'store' | 'queue' | 'clock'>,
  more: () => Promise<Readonly<Record<string, unknown>>> = async () => ({}),
): Service {
  const { store, queue, clock } = tools;
  const started = new Date(clock.now()).toISOString();
  const status = async () => ({
    status: {
      version,
      started,
      store: store.dialect,
      frozen: (await readFrozen(tools)) ?? null,
      jobs: await queue.counts(),
      ...(await more()),
    },
  });
  return {
    status,
    async freeze({ caller, input }) {
      await freeze(tools, caller.name, input.reason as string | undefined);
      return status();
    },
    async unfreeze({ caller }) {
      await unfreeze(tools, caller.name);
      return status();
    },
  };
}
