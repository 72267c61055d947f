import {
  makePage,
  type Planned,
  type StatusPage,
  showCheck,
  type Watched,
} from '../../../src/core/status-page/page.ts';

/** The page of these checks. */
export function pageOf(
  checks: readonly Watched[],
  planned: readonly Planned[],
  { title, reasons }: { readonly title: string; readonly reasons: boolean },
  now: number,
): StatusPage {
  const shown = checks.map(check => showCheck(check, reasons, now));
  return makePage(title, shown, planned, now);
}
