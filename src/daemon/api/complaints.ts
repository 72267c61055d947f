import { Failure } from '../../core/failure.ts';

/** What is wrong with a request, by the key it is wrong with. */
export type Complaints = Map<string, string[]>;

/** Adds one. */
export function complain(complaints: Complaints, key: string, message: string): void {
  complaints.set(key, [...(complaints.get(key) ?? []), message]);
}

/** Throws `refused` with Hetzner's `invalid_input` when there are any; the values themselves are not told, since one may be secret. */
export function requireNone(complaints: Complaints): void {
  if (complaints.size === 0) return;
  const names = [...complaints.keys()];
  const only = names.length === 1 ? `: ${complaints.get(names[0]!)!.join(', ')}` : '';
  const where = names.map(name => `'${name}'`).join(', ');
  throw new Failure('refused', `invalid input in field${names.length === 1 ? '' : 's'} ${where}${only}`, {
    apiCode: 'invalid_input',
    details: { fields: [...complaints].map(([name, messages]) => ({ name, messages })) },
  });
}
