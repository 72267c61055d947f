import { Failure } from '../../failure.ts';
import { field, type Input } from '../../field.ts';
import { down, kind, type Result, up } from '../check.ts';
import { downBy, sayFault } from '../faults.ts';
import { checkDays, daysLeft, minDays } from '../fields.ts';
import { type Answer, ask } from '../http/ask.ts';
import { checkPlain, checkSecret, headersOf, linesOf } from '../http/headers.ts';
import { checkStatuses, isGoodStatus } from '../http/status.ts';

const settings = {
  url: field('text', 'Address to ask, http or https', { required: true, placeholder: 'url' }),
  method: field('text', 'Method of the request', {
    choices: ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'],
    default: 'GET',
  }),
  header: field('repeat', 'Header of the request', { placeholder: 'name: value' }),
  'secret-headers': field('text', 'Headers with a secret, a line each, which are kept sealed and never shown', {
    secret: true,
  }),
  body: field('text', 'Body of the request', { placeholder: 'text' }),
  status: field('list', 'Statuses that are good', { default: ['200-299'], placeholder: 'statuses' }),
  keyword: field('text', 'Text that the body must have', { placeholder: 'text' }),
  without: field('text', 'Text that the body must not have', { placeholder: 'text' }),
  'json-path': field('text', 'JMESPath whose value in the body must be true, or what --json-value says', {
    placeholder: 'expression',
  }),
  'json-value': field('text', 'What the value at --json-path must be', { placeholder: 'text' }),
  'max-redirects': field('integer', 'Redirects that are followed', { default: 5, placeholder: 'number' }),
  'min-days': minDays,
} as const;

type Settings = Input<typeof settings>;

/** An answer over HTTP: its status, its body, its certificate. */
export const http = kind({
  name: 'http',
  summary: 'An answer over HTTP: status, keyword, JSON, days left of the certificate',
  settings,
  needs: 'network',
  async validate(given) {
    checkUrl(given.url);
    checkStatuses(given.status);
    checkDays(given['min-days']);
    for (const line of given.header ?? []) checkPlain(line);
    checkSecret(given);
    if (given['max-redirects'] < 0 || given['max-redirects'] > 20) throw bad('max-redirects: is not 0 to 20');
    if (given['json-value'] !== undefined && given['json-path'] === undefined) {
      throw bad('json-value: there is no json-path whose value it could be');
    }
    if (given['json-path'] !== undefined) await compile(given['json-path']);
  },
  hosts: ({ url }) => [new URL(url).hostname],
  async run(given, tools) {
    const { url, method, body } = given;
    const { signal, guard } = tools;
    const headers = headersOf([...(given.header ?? []), ...linesOf(given['secret-headers'])]);
    let answer: Answer;
    try {
      answer = await ask({ url, method, headers, body, maxRedirects: given['max-redirects'], signal, guard });
    } catch (error) {
      return downBy(error, signal);
    }
    return judge(given, answer, tools.now());
  },
});

/** What an answer comes to. */
async function judge(given: Settings, answer: Answer, now: number): Promise<Result> {
  const { timings } = answer;
  const days = answer.validTo === undefined ? undefined : daysLeft(answer.validTo, now);
  const least = given['min-days'];
  const measured = least !== undefined && days !== undefined ? ({ value: days, wrong: 'below' } as const) : {};
  const more = { timings, ...measured };
  const wrong =
    sayStatus(given, answer) ??
    sayBody(given, answer) ??
    (await sayJson(given, answer)) ??
    (least !== undefined && days !== undefined && days < least ? `the certificate ends in ${days} days` : undefined);
  if (wrong !== undefined) return down(wrong, more);
  const left = days === undefined ? '' : `, certificate good for ${Math.floor(days)} days`;
  return up(`${answer.status} in ${Math.round(timings.total ?? 0)} ms${left}`, more);
}

function sayStatus({ status }: Settings, answer: Answer): string | undefined {
  if (answer.redirectsLeft < 0) return `redirected more often than allowed, at last to ${answer.url}`;
  return isGoodStatus(status, answer.status) ? undefined : `status ${answer.status}`;
}

function sayBody({ keyword, without }: Settings, { body, isCut }: Answer): string | undefined {
  const within = isCut ? ' in its first MiB' : '';
  if (keyword !== undefined && !body.includes(keyword)) return `the body does not have '${keyword}'${within}`;
  if (without !== undefined && body.includes(without)) return `the body has '${without}'`;
  return undefined;
}

async function sayJson(given: Settings, { body, isCut }: Answer): Promise<string | undefined> {
  const path = given['json-path'];
  if (path === undefined) return undefined;
  if (isCut) return 'the body is longer than a MiB, too long for json-path';
  let found: unknown;
  try {
    const { search } = await import('@jmespath-community/jmespath');
    found = search(JSON.parse(body), path);
  } catch (error) {
    return error instanceof SyntaxError
      ? 'the body is not JSON'
      : `json-path does not fit the body: ${sayFault(error)}`;
  }
  const wanted = given['json-value'];
  const written = typeof found === 'string' ? found : JSON.stringify(found);
  if (wanted === undefined ? found === true : written === wanted) return undefined;
  return `${path} is ${(written ?? 'nothing').slice(0, 100)}`;
}

async function compile(expression: string): Promise<void> {
  const library = await import('@jmespath-community/jmespath');
  try {
    library.compile(expression);
  } catch (error) {
    throw bad(
      `json-path: is not JMESPath: ${sayFault(error)}`,
      'Such as status, or "checks[?ok==`false`] | length(@) == `0`"',
    );
  }
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw bad(
      `url: '${text.slice(0, 200)}' is not an address of http or https`,
      'Such as https://www.example.com/health',
    );
  }
  if (url.username !== '' || url.password !== '')
    throw bad('url: a name or password in it would be shown to everybody');
}

function bad(message: string, hint?: string): Failure {
  return new Failure('usage', message, { hint });
}
