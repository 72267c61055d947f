import { lookOf, type Message } from './message.ts';

/** A message as a page of mail that needs no picture and no script. */
export function writeHtml(message: Pick<Message, 'title' | 'text' | 'status' | 'severity'>): string {
  const color = `#${lookOf(message).color.toString(16).padStart(6, '0')}`;
  const lines = message.text.split('\n').map(line => (line === '' ? '<br>' : `<div>${escapeHtml(line)}</div>`));
  return [
    '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1f2328">',
    `<div style="border-left:4px solid ${color};padding-left:12px">`,
    `<h2 style="font-size:16px;margin:0 0 8px">${escapeHtml(message.title)}</h2>`,
    ...lines,
    '</div></body></html>',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
