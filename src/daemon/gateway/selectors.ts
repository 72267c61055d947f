import { mentionsReserved, parseSelector } from '../../core/access/selector.ts';
import { Failure } from '../../core/failure.ts';
import { ownerLabel } from './reserved.ts';

/** A label selector that reaches nothing but what these owners have; throws `refused` for what is none, or asks for the gateway's own labels: what is added would not hold there. */
export function narrowSelector(selector: string, owners: readonly string[]): string {
  requireSelector(selector);
  const own = owners.length === 1 ? `${ownerLabel}=${owners[0]}` : `${ownerLabel} in (${owners.join(',')})`;
  return selector.trim() === '' ? own : `${selector},${own}`;
}

/** Throws `refused` (`invalid_input`) for a label selector that Hetzner would not take, or that asks for labels of the gateway's. */
export function requireSelector(text: string): void {
  const selector = parseSelector(text);
  const fault = !selector
    ? 'is no label selector'
    : mentionsReserved(selector)
      ? 'asks for reserved labels'
      : undefined;
  if (fault === undefined) return;
  throw new Failure('refused', `invalid input in field 'label_selector': ${fault}`, {
    apiCode: 'invalid_input',
    details: { fields: [{ name: 'label_selector', messages: [fault] }] },
  });
}

const added = new RegExp(`,?${ownerLabel}(=[^,]*| in \\([^)]*\\))$`);

/** The selector as its owner gave it. */
export function widenSelector(selector: string): string {
  return selector.replace(added, '');
}
