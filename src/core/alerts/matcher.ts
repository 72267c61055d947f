import { Failure } from '../failure.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether labels are as one condition wants them. */
export type Matcher = (labels: Labels) => boolean;

const longest = 500;

/** The matcher that a text means: `team=a`, `severity!=info`, `server~web-.*`, `server!~web-.*`; a pattern has to match the whole value, and a label that there is not is empty. Throws `usage`. */
export function readMatcher(text: string): Matcher {
  const [, label = '', operator, value = ''] = /^\s*([A-Za-z0-9_./-]+?)\s*(!=|=~|!~|=|~)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (!operator || text.length > longest) {
    throw new Failure('usage', `'${text.slice(0, 100)}' does not say which labels are meant`, {
      hint: 'Such as team=a, severity!=info, server~web-.*',
    });
  }
  const bare = value.replace(/^"(.*)"$/s, '$1');
  if (operator === '=') return labels => (labels[label] ?? '') === bare;
  if (operator === '!=') return labels => (labels[label] ?? '') !== bare;
  const pattern = readPattern(bare);
  const isWanted = operator !== '!~';
  return labels => pattern.test((labels[label] ?? '').slice(0, 1000)) === isWanted;
}

/** Whether labels are as all of the texts want them. */
export function readMatchers(texts: readonly string[]): Matcher {
  const all = texts.map(readMatcher);
  return labels => all.every(one => one(labels));
}

function readPattern(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`, 'u');
  } catch {
    throw new Failure('usage', `'${text.slice(0, 100)}' is not a regular expression`);
  }
}
