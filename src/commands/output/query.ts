import { Failure } from '../../core/failure.ts';

type Jmespath = typeof import('@jmespath-community/jmespath');

const hint = 'An expression is JMESPath, such as "[?status==\'running\'].name"; see https://jmespath.org';

/** Throws `usage` with the place of the fault unless the text is JMESPath; to be called before anything is changed. */
export async function checkQuery(expression: string): Promise<void> {
  const library = await import('@jmespath-community/jmespath');
  const fault = compileError(library, expression);
  if (fault === undefined) return;
  const place = findFault(library, expression);
  const where = place < expression.length ? `at character ${place + 1}` : 'at its end';
  throw new Failure('usage', `--query is not valid ${where}: ${fault}`, { hint });
}

/** What the JMESPath expression makes of the data; `usage` when the expression is wrong or does not fit the data. */
export async function runQuery(expression: string, data: unknown): Promise<unknown> {
  await checkQuery(expression);
  const { search } = await import('@jmespath-community/jmespath');
  try {
    return search(data as Parameters<typeof search>[0], expression);
  } catch (error) {
    throw new Failure('usage', `--query does not fit the data: ${tidy(error)}`, { hint, cause: error });
  }
}

function compileError(library: Jmespath, expression: string): string | undefined {
  try {
    library.compile(expression);
    return undefined;
  } catch (error) {
    return tidy(error);
  }
}

// The library does not say where. The fault is at the first character that it cannot read as a token, or else at the
// first token with which the text so far is wrong for another reason than that it ends too early.
function findFault(library: Jmespath, expression: string): number {
  const readable = countReadable(library, expression);
  if (readable < expression.length) return readable;
  const tokens = library.tokenize(expression);
  const bad = tokens.findIndex((_, index) => {
    const end = tokens[index + 1]?.start ?? expression.length;
    const fault = compileError(library, expression.slice(0, end));
    return fault !== undefined && !/\bEOF\b|end of/.test(fault);
  });
  return tokens[bad]?.start ?? expression.length;
}

function countReadable(library: Jmespath, expression: string): number {
  for (let length = expression.length; length > 0; length--) {
    try {
      library.tokenize(expression.slice(0, length));
      return length;
    } catch {
      // One character less may be readable.
    }
  }
  return 0;
}

function tidy(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^syntax( error)?[:,] */i, '')
    .replace(/\(?\bEOF\)?(: "")?/, 'end of expression')
    .replace(/\.$/, '');
}
