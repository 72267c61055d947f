import { connect } from 'node:net';

/** What came back: status, headers with small names, and all of it as text. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly text: string;
}

/** Sends bytes to a port of this machine as they are, and resolves when the other side closes. Rejects when it has not within ten seconds. */
export function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const peer = connect(port, '127.0.0.1');
    let text = '';
    peer.setEncoding('utf8').on('data', more => {
      text += more;
    });
    peer.on('error', () => {});
    peer.on('close', () => resolve(read(text)));
    peer.setTimeout(10_000, () => {
      peer.destroy();
      reject(new Error(`no end after: ${text}`));
    });
    peer.write(bytes);
  });
}

/** The lines before a body, of a request that is the last of its connection. */
export function headOf(method: string, path: string, ...more: readonly string[]): string {
  return `${[`${method} ${path} HTTP/1.1`, 'host: x', 'connection: close', ...more].join('\r\n')}\r\n\r\n`;
}

function read(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map(one => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 2)]);
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(line)?.[1] ?? 0);
  return { status, headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n'), text };
}
