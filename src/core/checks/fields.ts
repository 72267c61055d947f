import { Failure } from '../failure.ts';
import { field } from '../field.ts';

/** Settings that several kinds have: the same flag means the same. */
export const host = field('text', 'Host name or address', { required: true, placeholder: 'host' });
export const port = field('integer', 'Port', { placeholder: 'number' });
export const minDays = field('integer', 'Days that the certificate must be valid for at least', {
  placeholder: 'number',
});

/** The host; throws `usage` for what is neither a name nor an address. */
export function checkHost(text: string): string {
  if (/^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/.test(text) || /^[0-9a-fA-F:.]{2,45}(%[\w.-]{1,16})?$/.test(text))
    return text;
  throw new Failure('usage', `host: '${text.slice(0, 100)}' is neither a name nor an address`);
}

/** The port; throws `usage` for what is none. */
export function checkPort(number: number): number {
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Failure('usage', `port: ${number} is not 1 to 65535`);
}

/** Throws `usage` for a number of days that no certificate has. */
export function checkDays(days: number | undefined): void {
  if (days === undefined || (days >= 0 && days <= 3650)) return;
  throw new Failure('usage', `min-days: ${days} is not 0 to 3650`);
}

const day = 86_400_000;

/** Days until a certificate's end (as Node writes it), in tenths; negative after it. */
export function daysLeft(validTo: string, now: number): number {
  return Math.floor(((Date.parse(validTo) - now) / day) * 10) / 10;
}
