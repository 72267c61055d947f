import type { Firewall, FirewallTarget, Labels } from '../../core/hetzner/types.ts';
import { matchesSelector, parseSelector } from '../selector.ts';
import type { State } from '../state.ts';

interface Guarded {
  id: number;
  labels: Labels;
}

/** Whether a firewall guards a server, directly or by a label selector. */
export function matchesFirewall(firewall: Firewall, server: Guarded): boolean {
  return firewall.applied_to.some(target => matchesTarget(target, server));
}

/** Whether two targets are the same server or the same label selector. */
export function sameTarget(one: FirewallTarget, other: FirewallTarget): boolean {
  return (
    one.type === other.type &&
    one.server?.id === other.server?.id &&
    one.label_selector?.selector === other.label_selector?.selector
  );
}

/** A target as the API shows it: a label selector with the servers that it matches now. */
export function viewTarget(state: State, target: FirewallTarget): FirewallTarget {
  if (target.type === 'server') return target;
  const matched = [...state.servers.values()].filter(server => matchesTarget(target, server));
  return { ...target, applied_to_resources: matched.map(({ id }) => ({ type: 'server', server: { id } })) };
}

/** Takes a server out of those that a firewall names. */
export function dropTarget(firewall: Firewall, server: number): void {
  firewall.applied_to = firewall.applied_to.filter(target => target.server?.id !== server);
}

function matchesTarget(target: FirewallTarget, server: Guarded): boolean {
  if (target.type === 'server') return target.server?.id === server.id;
  return matchesSelector(parseSelector(target.label_selector?.selector ?? '') ?? [], server.labels);
}
