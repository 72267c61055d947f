import type { IncomingHttpHeaders } from 'node:http';
import type { Keys } from './keys.ts';
import type { WorkosSettings } from './options.ts';
import type { WorkosState } from './state.ts';

/** One stand-in for WorkOS: what it knows, how it behaves, what it signs with, when it is. */
export interface Realm {
  settings: WorkosSettings;
  state: WorkosState;
  /** Sign the access tokens of people. */
  keys: Keys;
  /** Sign the tokens of machines. */
  machineKeys: Keys;
  /** Such as http://127.0.0.1:PORT. */
  origin(): string;
  /** Milliseconds. */
  now(): number;
}

/** One request as a handler sees it. */
export interface WorkosCall {
  method: string;
  path: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The fields of a form or of a JSON object. */
  body: Readonly<Record<string, unknown>>;
  headers: IncomingHttpHeaders;
}

/** What a handler answers: JSON, a page, or nothing. */
export interface WorkosReply {
  status: number;
  body?: unknown;
  page?: string;
  headers?: Record<string, string>;
}

/** Answers one request or throws a WorkosProblem. */
export type WorkosHandler = (realm: Realm, call: WorkosCall) => WorkosReply;

/** A field of the body as text; undefined where it is absent, empty or something else. */
export function textOf(body: WorkosCall['body'], name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
