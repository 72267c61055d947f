/** Whether labels match a selector of the forms `key`, `key=value`, joined by commas. */
export function matches(labels: Readonly<Record<string, string>>, selector: string): boolean {
  if (selector === '') return true;
  return selector.split(',').every(term => {
    const [key, value] = term.split('=');
    const label = labels[key!];
    return label !== undefined && (value === undefined || label === value);
  });
}
