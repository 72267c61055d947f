import { Failure } from '../../core/failure.ts';
import type { Service } from '../api/service.ts';
import type { Tools } from '../tools.ts';

/** What a status page tells, for whoever writes one elsewhere. */
export function statusPageService(tools: Pick<Tools, 'store' | 'clock'>): Service {
  return {
    async show({ input, query }) {
      const names = (input.check as string[] | undefined) ?? [];
      const selector = query.label_selector as string | undefined;
      // Whoever publishes says what.
      if (names.length === 0 && !selector) throw new Failure('usage', 'choose checks: give check or label_selector');
      const { title, 'group-by': groupBy } = input as { title: string; 'group-by': string };
      const { readPage } = await import('./read.ts');
      const page = await readPage(tools, { names, selector, title, groupBy, reasons: input.reasons === true });
      return { status_page: page };
    },
  };
}
