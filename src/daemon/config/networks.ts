import type { Values } from './configuration.ts';

/** Networks of this host and its neighbours; not link-local ones, in which clouds tell their servers secrets. */
const own = ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** Networks beyond the internet that checks may connect to. Whoever is on this host reaches the socket, and its networks anyway; who comes in by `listen` gets there only where the configuration says so. */
export function networksOfChecks(values: Pick<Values, 'allow-private-checks' | 'listen'>): readonly string[] {
  return values['allow-private-checks'] ?? (values.listen === undefined ? own : []);
}
