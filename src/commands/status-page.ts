import { resolve } from 'node:path';
import type { Query } from '../core/api.ts';
import { Failure } from '../core/failure.ts';
import { field } from '../core/field.ts';
import { statusPage } from '../core/status-page/fields.ts';
import type { StatusPage } from '../core/status-page/page.ts';
import { bodyOf } from '../core/verbs.ts';
import { apiExits, command, type Group, outputFields } from './command.ts';
import { tell } from './context/tell.ts';
import { parseFormat } from './output/format.ts';

const { title, 'group-by': groupBy, reasons, ...choice } = statusPage;

const exportPage = command({
  name: 'export',
  summary: 'Write a status page: one HTML file, and the same as JSON',
  description: `Into the folder come index.html, which needs nothing else and no script, and status.json, for a web server to serve.
Shown are the state of the chosen checks, their last 90 days, outages, and maintenance that is under way or announced for
the next 14 days. Of a check nothing is told but its name and its group: no address, and no reason without --reasons.
Each file is replaced at once. The daemon can do the same by itself: see [status-page] of its configuration.`,
  fields: {
    ...choice,
    all: field('boolean', 'All checks'),
    out: field('text', 'Folder to write to, made where it is not there', { required: true, placeholder: 'folder' }),
    ...{ title, 'group-by': groupBy, reasons },
    ...outputFields,
  },
  examples: [
    "cloudctl status-page export -l public=yes --out /var/www/status --title 'Example Ltd'",
    "cloudctl status-page export 'web-*' shop --out ./status --group-by team",
  ],
  exits: [...apiExits, 'not_found'],
  targets: { operand: 'check', all: true },
  async run(session, { out, all, output, columns, query, ...given }) {
    const format = parseFormat({ output, columns, query });
    const names = given.check ?? [];
    if (Boolean(all) === (names.length > 0 || given.selector !== undefined)) {
      throw new Failure('usage', 'choose the checks: names, -l or --all', { hint: 'cloudctl check list' });
    }
    const api = await session.api('daemon');
    const asked = { ...bodyOf(statusPage, given), ...(all && { check: ['*'] }) } as Query;
    const { status_page: page } = await api.send<{ status_page: StatusPage }>('GET', 'status_page', undefined, asked);
    const { writePage } = await import('../core/status-page/write.ts');
    const files = writePage(resolve(out), page);
    const checks = page.groups.reduce((count, group) => count + group.checks.length, 0);
    const done = `written, ${checks} check${checks === 1 ? '' : 's'}, ${page.state}`;
    await tell(session, format, files.page, done, { ...files, state: page.state, checks });
  },
});

/** `cloudctl status-page`: what those outside may know of checks. */
export const group: Group = { name: 'status-page', commands: [exportPage] };
