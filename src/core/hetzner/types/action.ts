import type { Open } from './base.ts';

/** What an action was done to: a type such as `server` and an id. */
export interface ActionResource {
  id: number;
  type: Open<'server' | 'volume' | 'image' | 'network' | 'firewall' | 'floating_ip' | 'primary_ip' | 'placement_group'>;
}

/** A deed in progress or done; `error` is set only when `status` is `error`. */
export interface Action {
  id: number;
  command: string;
  status: Open<'running' | 'success' | 'error'>;
  progress: number;
  started: string;
  finished: string | null;
  resources: ActionResource[];
  error: { code: string; message: string } | null;
}
