import { checkSelector } from './parse.ts';

type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

/** True for the labels that a selector chooses, as Hetzner reads it: `!=` and `notin` hold where the key is absent. Throws `usage` that names the bad term. */
export function selectorTest(selector: string): Test {
  const terms = checkSelector(selector)
    .split(/,(?![^(]*\))/)
    .map(term => termTest(term.trim()));
  return labels => terms.every(test => test(labels));
}

function termTest(term: string): Test {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, key = '', word, list = ''] = set;
    const values = list.split(',').map(value => value.trim());
    return labels => (Object.hasOwn(labels, key) && values.includes(labels[key]!)) === (word === 'in');
  }
  const pair = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term);
  if (pair) {
    const [, key = '', sign, value] = pair;
    return labels => (Object.hasOwn(labels, key) && labels[key] === value) === (sign !== '!=');
  }
  const isWanted = !term.startsWith('!');
  const key = term.replace(/^!\s*/, '');
  return labels => Object.hasOwn(labels, key) === isWanted;
}
