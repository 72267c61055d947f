import { Failure } from '../../core/failure.ts';

const largest = 2 ** 20;

/** The body as text, however it is sent; throws `refused` (`invalid_input`) for one of more than a mebibyte, without reading on. */
export async function readText(request: Pick<Request, 'headers' | 'body' | 'text'>): Promise<string> {
  const length = request.headers.get('content-length');
  if (Number(length) > largest) throw tooLarge();
  if (length !== null && !request.headers.has('transfer-encoding')) return request.text();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > largest) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function tooLarge(): Failure {
  return new Failure('refused', `the body is larger than ${largest} bytes`, { apiCode: 'invalid_input' });
}
