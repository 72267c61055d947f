import { Failure } from '../../core/failure.ts';
import { isLoopback } from '../../core/transport/loopback.ts';

/** Where to listen: host undefined for every address. */
export interface Address {
  readonly host?: string;
  readonly port: number;
}

/** The address and port of `127.0.0.1:8080`, `[::1]:8080`, `name:8080`, `:8080`; port 0 lets the system choose. Throws `usage`. */
export function parseListen(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new Failure('usage', `'${text}' is not an address and a port`, {
      hint: 'Such as 127.0.0.1:8080 or [::]:8443',
    });
  }
  return { host: match[1] ?? (match[2] || undefined), port };
}

/** True when only this machine can connect. */
export function isLocal({ host }: Address): boolean {
  return host !== undefined && isLoopback(host.includes(':') ? `[${host}]` : host);
}
