import { spawnSync } from 'node:child_process';

/** True when groff is on this machine; CI has it. */
export const hasGroff = spawnSync('groff', ['--version']).status === 0;

/** A man page as a terminal shows it, without its bold and italics, and what groff says against it. */
export function formatRoff(page: string): { text: string; warnings: string } {
  const input = page.endsWith('\n') ? page : `${page}\n`;
  const { stdout, stderr } = spawnSync('groff', ['-ww', '-man', '-Tutf8', '-P-c'], { input, encoding: 'utf8' });
  return { text: stdout.replace(/.\x08/gu, ''), warnings: stderr };
}
