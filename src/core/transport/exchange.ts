import type http from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Failure } from '../failure.ts';
import type { HttpRequest, HttpResponse } from '../world.ts';
import { readBody, readPieces } from './body.ts';
import { brokenExchange } from './faults.ts';
import { stopped } from './stop.ts';

/** The longest wait that a timer of Node takes, in milliseconds; longer ones would fire at once. */
const longest = 2 ** 31 - 1;

/** `secureConnecting` is set by Node while TLS is being negotiated, but is not in its types. */
type Connecting = TLSSocket & { readonly secureConnecting?: boolean };

/** Runs one exchange on the request that `start` opens; `peer` names the other side in messages. */
export function exchange(
  start: () => http.ClientRequest,
  request: HttpRequest,
  peer: string,
  most: number,
): Promise<HttpResponse> {
  const { signal, timeout, onText } = request;
  if (signal?.aborted) return Promise.reject(stopped(signal));
  return new Promise((resolve, reject) => {
    const outgoing = open(start);
    let sent = false;
    let timer: NodeJS.Timeout | undefined;

    const markSent = () => {
      sent = true;
    };
    const abort = () => fail(stopped(signal!, sent));
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: unknown) => {
      settle();
      reject(error instanceof Failure ? error : brokenExchange(peer, error, sent));
      outgoing.destroy();
    };

    outgoing.on('socket', socket => whenConnected(socket as Connecting, markSent));
    outgoing.on('error', fail);
    outgoing.on('response', response => {
      const { statusCode: status = 0 } = response;
      const take = (text: string) => {
        timer?.refresh();
        onText!(text);
      };
      const isTaken = onText !== undefined && status >= 200 && status < 300;
      (isTaken ? readPieces(response, take) : readBody(response, most)).then(body => {
        settle();
        resolve({ status, headers: flatten(response.headers), body });
      }, fail);
    });
    signal?.addEventListener('abort', abort, { once: true });
    if (timeout > 0 && timeout <= longest) timer = setTimeout(() => fail(tooLate(peer, timeout, sent)), timeout);
    outgoing.end(request.body);
  });
}

/** Node checks names and values of headers when a request is made; its message would not say what to do. */
function open(start: () => http.ClientRequest): http.ClientRequest {
  try {
    return start();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_INVALID_CHAR' && code !== 'ERR_UNESCAPED_CHARACTERS') throw cause;
    throw new Failure('usage', 'the request has characters that cannot be sent', { hint: 'Check the token' });
  }
}

/** Before the connection stands, nothing of the request has left; a pooled one stands already. */
function whenConnected(socket: Connecting, then: () => void): void {
  if (!socket.connecting && !socket.secureConnecting) then();
  else socket.once(socket.encrypted ? 'secureConnect' : 'connect', then);
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function tooLate(peer: string, timeout: number, ambiguous: boolean): Failure {
  const span = timeout < 1000 ? `${Math.ceil(timeout)} ms` : `${Math.round(timeout / 100) / 10} s`;
  return new Failure('timeout', `${peer} did not answer within ${span}`, {
    hint: 'Try again, or give it longer with --http-timeout or --timeout',
    ambiguous,
  });
}
