/** Whether labels match. */
type Matching = (labels: Readonly<Record<string, string>>) => boolean;

/** What matches a selector of the forms `key`, `key=value`, joined by commas. */
export function matcherOf(selector: string): Matching {
  if (selector === '') return () => true;
  const terms = selector.split(',').map(term => term.split('=') as [string, string?]);
  return labels =>
    terms.every(([key, value]) => {
      const label = labels[key];
      return label !== undefined && (value === undefined || label === value);
    });
}
