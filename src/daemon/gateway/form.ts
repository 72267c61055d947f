import { Failure } from '../../core/failure.ts';

/** More than the API has anywhere. */
const deepest = 16;

/** Throws `refused` (`invalid_input`) for a body with keys that are written otherwise than the API's, which Hetzner could read as these though they were not looked at here; for labels that are no map; and for what is too deep to be read. */
export function requireForm(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > deepest) throw wrong('the body', 'is too deep');
  if (Array.isArray(value)) {
    for (const one of value) requireForm(one, depth + 1);
    return;
  }
  for (const [key, one] of Object.entries(value)) {
    if (!/^[a-z][a-z0-9_]*$/.test(key)) throw wrong(key.slice(0, 100), 'is not known');
    // Their keys are the caller's own.
    if (key === 'labels') requireLabels(one);
    else requireForm(one, depth + 1);
  }
}

function requireLabels(labels: unknown): void {
  if (labels === null || labels === undefined) return;
  const isMap = typeof labels === 'object' && !Array.isArray(labels);
  if (!isMap || Object.values(labels).some(value => typeof value === 'object' && value !== null)) {
    throw wrong('labels', 'must be a map of texts');
  }
}

function wrong(name: string, message: string): Failure {
  return new Failure('refused', `invalid input in field '${name}': ${message}`, {
    apiCode: 'invalid_input',
    details: { fields: [{ name, messages: [message] }] },
  });
}
