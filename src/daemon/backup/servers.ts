import { collect } from '../../core/api.ts';
import { type Choice, chooseServers } from '../../core/backup/choose.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { Server } from '../../core/hetzner/types.ts';
import type { Tools } from '../tools.ts';

/** Which servers schedules mean; each list of the API is read once. */
export interface Servers {
  /** Throws what Hetzner answers. */
  choose(spec: Pick<ScheduleSpec, 'servers' | 'selector' | 'exclude'>): Promise<Choice<Server>>;
}

/** The project's servers, read when they are first asked for. */
export function readServers({ hetzner }: Pick<Tools, 'hetzner'>): Servers {
  const lists = new Map<string, Promise<Server[]>>();
  const list = (selector: string) => {
    const read =
      lists.get(selector) ??
      collect(hetzner.list<Server>('servers', selector === '' ? {} : { label_selector: selector }));
    lists.set(selector, read);
    return read;
  };
  return {
    async choose(spec) {
      const servers = await list('');
      const selected = spec.selector === undefined ? null : await list(spec.selector);
      return chooseServers(spec, { servers, selected });
    },
  };
}
