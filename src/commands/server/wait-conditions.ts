import { Failure } from '../../core/failure.ts';
import { nearest } from '../../core/nearest.ts';
import type { Item } from '../../core/resource.ts';

/** What a server must come to. */
export type Condition =
  | { readonly kind: 'status' | 'locked'; readonly text: string; readonly holds: (server: Item) => boolean }
  | { readonly kind: 'ssh'; readonly text: string; readonly port: number }
  | { readonly kind: 'action'; readonly text: string };

const states = [
  'running',
  'off',
  'initializing',
  'starting',
  'stopping',
  'deleting',
  'migrating',
  'rebuilding',
  'unknown',
] as const;

/** The condition in `status=off`, `locked=false`, `ssh`, `ssh=2222` or `action`; throws `usage` for anything else. */
export function parseCondition(text: string): Condition {
  const [kind, value, ...rest] = text.split('=');
  if (rest.length === 0 && kind === 'status' && value) {
    requireState(value);
    return { kind, text, holds: server => server.status === value };
  }
  if (rest.length === 0 && kind === 'locked' && (value === 'true' || value === 'false')) {
    return { kind, text, holds: server => server.locked === (value === 'true') };
  }
  if (rest.length === 0 && kind === 'ssh' && (value === undefined || /^[1-9]\d{0,4}$/.test(value))) {
    const port = Number(value ?? 22);
    if (port <= 65_535) return { kind, text, port };
  }
  if (text === 'action') return { kind: 'action', text };
  throw new Failure('usage', `--for: '${text}' cannot be waited for`, {
    hint: 'One of status=off, status=running, locked=false, ssh, ssh=<port>, action',
  });
}

function requireState(value: string): void {
  if ((states as readonly string[]).includes(value)) return;
  const like = nearest(value, states);
  throw new Failure('usage', `--for: '${value}' is no state of a server`, {
    hint: like ? `Did you mean status=${like}?` : `One of ${states.join(', ')}`,
  });
}
