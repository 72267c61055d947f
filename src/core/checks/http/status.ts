import { Failure } from '../../failure.ts';

const form = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/;

/** Throws `usage` unless each is a status or a range of them: `204`, `200-299`. */
export function checkStatuses(list: readonly string[]): void {
  const wrong = list.find(one => {
    const match = form.exec(one);
    return !match || Number(match[2] ?? 599) < Number(match[1]);
  });
  if (wrong === undefined && list.length > 0) return;
  throw new Failure('usage', `status: '${wrong ?? ''}' is not a status or a range of them`, {
    hint: 'Such as 200, or 200-299,404',
  });
}

/** Whether one of the statuses or ranges has that one. */
export function isGoodStatus(list: readonly string[], status: number): boolean {
  return list.some(one => {
    const [first, last = first] = one.split('-').map(Number);
    return status >= first! && status <= last!;
  });
}
