import type { IncomingMessage } from 'node:http';
import { Failure } from '../failure.ts';
import { faultError } from './faults.ts';

/** The whole body of an answer as text; rejects with a `CUT_OFF` error when it ends early, and with `unreachable` beyond `most` bytes. */
export async function readBody(response: IncomingMessage, most: number): Promise<string> {
  const chunks = await readAll(response, most);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || chunks.length === 0) return decode(chunks);
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw unknownEncoding(encoding);
  }
  return decode([await unzip(Buffer.concat(chunks), most)]);
}

/** Gives the text of an answer away piece by piece, no character cut; resolves with an empty body when it ends, and rejects as `readBody` does, or with what `take` throws. */
export function readPieces(response: IncomingMessage, take: (text: string) => void): Promise<string> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return Promise.reject(unknownEncoding(encoding));
  return new Promise((resolve, reject) => {
    const cut = () => reject(faultError('CUT_OFF', 'the answer was cut off'));
    response.setEncoding('utf8').on('data', (text: string) => {
      try {
        take(text);
      } catch (error) {
        reject(error);
      }
    });
    response.on('end', () => (response.complete ? resolve('') : cut()));
    response.on('error', cut);
    response.on('close', () => response.complete || cut());
  });
}

let scratch = Buffer.alloc(0);

/** The text of all chunks, decoded in one piece: a character may lie across two. They are joined where the last answer's were, since fresh memory for each of 200 pages costs more than the reading. */
function decode(chunks: Buffer[]): string {
  if (chunks.length < 2) return chunks[0]?.toString('utf8') ?? '';
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (const chunk of chunks) end += chunk.copy(scratch, end);
  // What listens to the answer outlives it.
  chunks.length = 0;
  return scratch.toString('utf8', 0, end);
}

function readAll(response: IncomingMessage, most: number): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const cut = () => reject(faultError('CUT_OFF', 'the answer was cut off'));
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > most) reject(tooLarge(most));
    });
    response.on('end', () => (response.complete ? resolve(chunks) : cut()));
    response.on('error', cut);
    response.on('close', () => response.complete || cut());
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

function unknownEncoding(encoding: string): Failure {
  return new Failure('unreachable', `the answer has the unknown encoding '${encoding}'`, { ambiguous: true });
}

function tooLarge(most: number): Failure {
  return new Failure('unreachable', `the answer is larger than ${most} bytes`, { ambiguous: true });
}
