import type { Labels, Open } from './base.ts';

/** One permission of a firewall; port is null where the protocol has none. */
export interface FirewallRule {
  direction: Open<'in' | 'out'>;
  protocol: Open<'tcp' | 'udp' | 'icmp' | 'esp' | 'gre'>;
  port?: string | null;
  source_ips?: string[];
  destination_ips?: string[];
  description?: string | null;
}

/** What a firewall guards: one server, or all that a label selector matches. */
export interface FirewallTarget {
  type: Open<'server' | 'label_selector'>;
  server?: { id: number };
  label_selector?: { selector: string };
  applied_to_resources?: { type?: Open<'server'>; server?: { id: number } }[];
}

/** A packet filter in front of servers. */
export interface Firewall {
  id: number;
  name: string;
  labels?: Labels;
  created: string;
  rules: FirewallRule[];
  applied_to: FirewallTarget[];
}
