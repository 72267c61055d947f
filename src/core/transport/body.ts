import type { IncomingMessage } from 'node:http';
import { Failure } from '../failure.ts';
import { faultError } from './faults.ts';

/** The whole body of an answer as text; rejects with a `CUT_OFF` error when it ends early, and with `unreachable` beyond `most` bytes. */
export async function readBody(response: IncomingMessage, most: number): Promise<string> {
  const raw = await readAll(response, most);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  // Decoded in one piece: a character may lie across two chunks.
  if (encoding === 'identity' || raw.length === 0) return raw.toString('utf8');
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw new Failure('unreachable', `the answer has the unknown encoding '${encoding}'`, { ambiguous: true });
  }
  return (await unzip(raw, most)).toString('utf8');
}

function readAll(response: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const cut = () => reject(faultError('CUT_OFF', 'the answer was cut off'));
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > most) reject(tooLarge(most));
    });
    response.on('end', () => (response.complete ? resolve(Buffer.concat(chunks)) : cut()));
    response.on('error', cut);
    response.on('close', cut);
  });
}

async function unzip(raw: Buffer, most: number): Promise<Buffer> {
  const { unzip } = await import('node:zlib');
  return new Promise((resolve, reject) => {
    unzip(raw, { maxOutputLength: most }, (error, whole) => {
      if (!error) return resolve(whole);
      const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      reject(large ? tooLarge(most) : faultError('CUT_OFF', 'the answer was cut off'));
    });
  });
}

function tooLarge(most: number): Failure {
  return new Failure('unreachable', `the answer is larger than ${most} bytes`, { ambiguous: true });
}
