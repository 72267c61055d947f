import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** A request and its reply; status 0 means that there was none, `fault` that it was spoilt on purpose. */
export interface CheckedExchange {
  method: string;
  /** With or without /v1 before it. */
  path: string;
  /** Without question mark. */
  query?: string;
  requestBody?: unknown;
  status?: number;
  responseBody?: unknown;
  fault?: string;
}

/** Compares exchanges with Hetzner's document; each violation is a sentence. */
export interface Validator {
  check(exchange: CheckedExchange): string[];
  checkRequest(exchange: CheckedExchange): string[];
  checkResponse(exchange: CheckedExchange): string[];
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  [key: string]: unknown;
}

interface Content {
  content?: { 'application/json'?: { schema: Schema } };
}

interface Operation {
  deprecated?: boolean;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/**
 * A validator of requests (known path, query and body, nothing unknown or deprecated) and of replies.
 * Undefined where Hetzner's document is absent; throws there when CI or CLOUDCTL_REQUIRE_SERVICES is set.
 */
export function createValidator(): Validator | undefined {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
  const file = process.env.CLOUDCTL_HETZNER_SPEC || resolve(root, '../shared/hetzner/openapi.json');
  if (!existsSync(file)) {
    if (!process.env.CI && !process.env.CLOUDCTL_REQUIRE_SERVICES) return undefined;
    throw new Error(`Hetzner's OpenAPI document is required here and is not at ${file}`);
  }
  return validatorOf(JSON.parse(readFileSync(file, 'utf8')));
}

function validatorOf(document: Document): Validator {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  const compiled = new Map<string, ValidateFunction>();
  const compile = (key: string, schema: () => Schema) => {
    const check = compiled.get(key) ?? ajv.compile(schema());
    compiled.set(key, check);
    return check;
  };
  const find = createFinder(document);

  function checkRequest(exchange: CheckedExchange): string[] {
    const { method, operation, path } = find(exchange);
    const at = `${exchange.method} ${exchange.path}`;
    if (!operation) return [`${at}: no such operation`];
    const found = operation.deprecated ? [`${at}: deprecated operation`] : [];
    found.push(
      ...checkQuery(operation, exchange.query ?? '', at, (name, schema) =>
        compile(`${method} ${path}?${name}`, schema),
      ),
    );
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    const body = exchange.requestBody;
    if (!schema) {
      // Clients send {} to operations without a body.
      if (body !== undefined && JSON.stringify(body) !== '{}') found.push(`${at}: takes no body`);
    } else if (body !== undefined || operation.requestBody?.required) {
      const check = compile(`${method} ${path} body`, () => close(resolveRefs(document, schema)));
      if (!check(body ?? null)) found.push(...sentences(`${at}: body`, check.errors));
    }
    return found;
  }

  function checkResponse({ status = 0, responseBody, fault, ...exchange }: CheckedExchange): string[] {
    const { method, operation, path } = find(exchange);
    if (status === 0 || fault) return [];
    const at = `${exchange.method} ${exchange.path} -> ${status}`;
    // Errors look the same everywhere, also where there is no operation.
    const responses = operation?.responses ?? document.paths['/servers']!.get!.responses;
    const key = responses[String(status)] ? String(status) : `${Math.floor(status / 100)}xx`;
    const response = responses[key];
    if (!response) return [`${at}: no such reply`];
    const schema = response.content?.['application/json']?.schema;
    if (!schema) return responseBody === undefined ? [] : [`${at}: has no body`];
    const check = compile(`${method} ${path} ${key}`, () => allowNulls(resolveRefs(document, schema)));
    return check(responseBody) ? [] : sentences(at, check.errors);
  }

  return {
    checkRequest,
    checkResponse,
    check: exchange => [...checkRequest(exchange), ...checkResponse(exchange)],
  };
}

/** Finds the operation of an exchange; a path without placeholders wins, and ids are digits. */
function createFinder(document: Document) {
  const paths = Object.keys(document.paths).map(path => ({
    path,
    placeholders: path.split('{').length,
    pattern: new RegExp(
      `^${path.replace(/\{(\w+)\}/g, (_all, name) => (/^(action_)?id$/.test(name) ? '\\d+' : '[^/]+'))}$`,
    ),
  }));
  paths.sort((one, other) => one.placeholders - other.placeholders);
  return (exchange: CheckedExchange): { method: string; path: string; operation: Operation | undefined } => {
    const path = exchange.path.replace(/^\/v1(?=\/)/, '');
    const method = exchange.method.toLowerCase();
    const found = paths.find(entry => entry.pattern.test(path) && document.paths[entry.path]?.[method]);
    return { method, path: found?.path ?? path, operation: document.paths[found?.path ?? '']?.[method] };
  };
}

function checkQuery(
  operation: Operation,
  query: string,
  at: string,
  compile: (name: string, schema: () => Schema) => ValidateFunction,
): string[] {
  const given = new URLSearchParams(query);
  const known = (operation.parameters ?? []).filter(parameter => parameter.in === 'query');
  const found = [...new Set(given.keys())]
    .filter(name => !known.some(parameter => parameter.name === name))
    .map(name => `${at}: unknown query parameter ${name}`);
  for (const { name, required, schema } of known) {
    const texts = given.getAll(name);
    if (texts.length === 0) {
      if (required) found.push(`${at}: query parameter ${name} is required`);
      continue;
    }
    const isList = schema.type === 'array';
    if (!isList && texts.length > 1) found.push(`${at}: query parameter ${name} is given more than once`);
    const values = texts.map(text => coerce(text, isList ? schema.items : schema));
    const check = compile(name, () => schema);
    if (!check(isList ? values : values[0])) found.push(...sentences(`${at}: query parameter ${name}`, check.errors));
  }
  return found;
}

function coerce(text: string, schema: Schema = {}): unknown {
  const types = [schema.type].flat();
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

/** Forbids properties that a request schema does not name; what is composed of parts is left as it is. */
function close(schema: Schema): Schema {
  return map(
    schema,
    part => (part.properties && !('additionalProperties' in part) ? { ...part, additionalProperties: false } : part),
    ['enum', 'allOf'],
  );
}

/** Where a type may be null but its enum does not say so, the type is meant. */
function allowNulls(schema: Schema): Schema {
  return map(schema, part =>
    Array.isArray(part.enum) && [part.type].flat().includes('null') ? { ...part, enum: [...part.enum, null] } : part,
  );
}

/** Puts what references stand for in their place. */
function resolveRefs(document: Document, schema: Schema): Schema {
  return map(schema, part => {
    if (typeof part.$ref !== 'string') return part;
    const keys = part.$ref.split('/').slice(1);
    const target = keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);
    return resolveRefs(document, target as Schema);
  });
}

/** Changes a schema and all schemas within it, the outer first; what stands under the keys in `skip` is left alone. */
function map(schema: Schema, change: (part: Schema) => Schema, skip = ['enum']): Schema {
  const visit = (value: unknown, isSchema: boolean): unknown => {
    if (Array.isArray(value)) return value.map(item => visit(item, isSchema));
    if (typeof value !== 'object' || value === null) return value;
    const part = isSchema ? change(value as Schema) : value;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [
        key,
        isSchema && skip.includes(key) ? inner : visit(inner, isSchema ? key !== 'properties' : true),
      ]),
    );
  };
  return visit(schema, true) as Schema;
}

function sentences(at: string, errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    const detail = params.additionalProperty ?? params.allowedValues ?? '';
    return `${at}${instancePath ? ` at ${instancePath}` : ''} ${message}${detail === '' ? '' : ` (${detail})`}`;
  });
}
