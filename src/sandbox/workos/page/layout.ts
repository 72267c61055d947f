import { createHash } from 'node:crypto';
import type { WorkosReply } from '../realm.ts';
import { style } from './style.ts';

const styleHash = createHash('sha256').update(style).digest('base64');

const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  // With no-referrer a browser would send `Origin: null` with the form.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** A whole page; `body` is HTML. */
export function renderPage(status: number, title: string, body: string): WorkosReply {
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} | cloudctl sandbox</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="mark">cloudctl sandbox</p>
<h1>${escapeHtml(title)}</h1>
${body}
<footer>This is the sandbox on your own machine, in place of WorkOS. No account here is real.</footer>
</main>
</body>
</html>
`;
  return { status, page, headers };
}

/** A text for use in HTML and in its attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);
}
