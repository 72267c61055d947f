import { Failure } from '../failure.ts';
import { HETZNER_ENDPOINT, originOf } from './endpoint.ts';

/** The token fit for a header, without one trailing line break; throws `unauthorized` that names `from` and never shows the token. */
export function checkToken(text: string, endpoint: string, from: string): string {
  const token = text.replace(/\r?\n$/, '');
  if (token === '') throw malformed(from, 'it is empty');
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw malformed(from, 'it has a space, a line break or another character that no token has');
  }
  if (originOf(endpoint) === originOf(HETZNER_ENDPOINT) && !/^[A-Za-z0-9]{64}$/.test(token)) {
    throw malformed(from, `a token of Hetzner is 64 letters and digits, this one has ${token.length} characters`);
  }
  return token;
}

function malformed(from: string, fault: string): Failure {
  return new Failure('unauthorized', `token from ${from} is malformed: ${fault}`, {
    hint: 'Copy the token again from where it was made',
  });
}

/** Whether a token is one that daemons make: a gateway token or a session. */
export function isOfDaemon(token: string): boolean {
  return /^cctl[ts][A-Za-z0-9]{59}$/.test(token);
}
