import { Failure } from '../failure.ts';

/** What Hetzner takes at most, in bytes. */
export const userDataLimit = 32 * 1024;

/** The user data in these files: one as it is, several as a MIME multipart whose parts are whole; throws `usage` over 32 KiB. */
export async function readUserData(
  paths: readonly string[],
  readFile: (path: string) => Promise<Buffer>,
): Promise<string> {
  const parts: { name: string; content: Buffer }[] = [];
  for (const path of paths) parts.push({ name: path, content: await readFile(path) });
  const text = parts.length === 1 ? decode(parts[0]!) : joinParts(parts);
  const size = Buffer.byteLength(text);
  if (size <= userDataLimit) return text;
  throw new Failure('usage', `user data is too large: ${size} bytes, Hetzner takes ${userDataLimit}`, {
    hint: 'Let it fetch the rest itself, with cloud-init #include',
  });
}

interface Part {
  readonly name: string;
  readonly content: Buffer;
}

function decode({ name, content }: Part): string {
  const text = content.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(content)) return text;
  throw new Failure('usage', `${name} is not UTF-8 text`, { hint: 'Encode binary user data as base64 MIME' });
}

function joinParts(parts: readonly Part[]): string {
  const boundary = `==cloudctl-${parts.length}-${parts.reduce((sum, { content }) => sum + content.length, 0)}==`;
  const bodies = parts.map(({ name, content }) => {
    const type = contentType(content.toString('utf8', 0, 200));
    const file = name === '-' ? 'stdin' : name.replace(/^.*[/\\]/, '').replace(/["\r\n]/g, '_');
    return [
      `--${boundary}`,
      `Content-Type: ${type}; charset="utf-8"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${file}"`,
      '',
      content.toString('base64').replace(/.{76}/g, '$&\r\n'),
    ].join('\r\n');
  });
  return `Content-Type: multipart/mixed; boundary="${boundary}"\r\nMIME-Version: 1.0\r\n\r\n${bodies.join('\r\n')}\r\n--${boundary}--\r\n`;
}

const starts: readonly [string, string][] = [
  ['#include', 'text/x-include-url'],
  ['## template: jinja', 'text/jinja2'],
  ['#!', 'text/x-shellscript'],
  ['#cloud-config-archive', 'text/cloud-config-archive'],
  ['#cloud-config', 'text/cloud-config'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#part-handler', 'text/part-handler'],
  ['#upstart-job', 'text/upstart-job'],
];

/** The MIME type that cloud-init knows user data by, from how it begins. */
function contentType(text: string): string {
  return starts.find(([start]) => text.startsWith(start))?.[1] ?? 'text/plain';
}
