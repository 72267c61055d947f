import { isReserved } from '../../core/access/selector.ts';
import { Failure } from '../../core/failure.ts';
import { requestLabel } from '../../core/hetzner/traces.ts';

/** Who owns it, for who looks at Hetzner itself; what counts is the store. */
export const ownerLabel = 'cloudctl/owner';
export { requestLabel };

export type Labels = Readonly<Record<string, string>>;

/** The labels that callers may see. */
export function withoutReserved(labels: Labels): Labels {
  return Object.keys(labels).some(isReserved)
    ? Object.fromEntries(Object.entries(labels).filter(([key]) => !isReserved(key)))
    : labels;
}

/** The labels that callers do not see. */
export function onlyReserved(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => isReserved(key)));
}

/** Throws `refused` (`invalid_input`) when a body sets labels that are the gateway's. */
export function refuseReserved(labels: unknown): void {
  const keys = typeof labels === 'object' && labels !== null ? Object.keys(labels).filter(isReserved) : [];
  if (keys.length === 0) return;
  throw new Failure('refused', `labels that begin with cloudctl/ are the gateway's: ${keys.join(', ')}`, {
    apiCode: 'invalid_input',
    details: { fields: [{ name: 'labels', messages: ['cloudctl/ is reserved'] }] },
  });
}
