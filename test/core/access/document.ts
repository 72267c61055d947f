import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The places of a body, as `apply_to[].server.id`, with what may stand there where that is listed. */
export type Places = ReadonlyMap<string, readonly string[] | undefined>;

/** An operation of the published API, with the places of its body and of its good answers. */
export interface Published {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: Places;
  readonly answer: Places;
  readonly query: readonly { name: string; enum?: readonly string[]; isList: boolean }[];
}

// biome-ignore lint/suspicious/noExplicitAny: it is read as it is.
type Json = any;

const root = resolve(import.meta.dirname, '../../..');
const cloud = process.env.CLOUDCTL_HETZNER_SPEC || join(root, '../shared/hetzner/openapi.json');
const files = [cloud, join(dirname(cloud), 'openapi-storage-boxes.json')];
const catalogue = join(dirname(cloud), '../reference/permissions.json');

/** Every operation that Hetzner publishes; undefined where its documents are absent, which throws where services are required. */
export function readPublished(): Published[] | undefined {
  if (!isThere(...files)) return undefined;
  return files.flatMap(file => {
    const document: Json = JSON.parse(readFileSync(file, 'utf8'));
    return Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).map(([method, operation]) => {
        const good = Object.entries<Json>(operation.responses).filter(([status]) => status.startsWith('2'));
        return {
          name: `${method.toUpperCase()} ${path.slice(1)}`,
          method: method.toUpperCase(),
          path: path.slice(1),
          body: placesIn(document, schemaOf(operation.requestBody)),
          answer: new Map(good.flatMap(([, answer]) => [...placesIn(document, schemaOf(answer))])),
          query: (operation.parameters ?? [])
            .filter((parameter: Json) => parameter.in === 'query')
            .map(({ name, schema }: Json) => ({ name, enum: (schema.items ?? schema).enum, isList: !!schema.items })),
        };
      }),
    );
  });
}

/** The catalogue of permissions that the table was written from; undefined where it is absent. */
export function readCatalogue(): Json | undefined {
  return isThere(catalogue) ? JSON.parse(readFileSync(catalogue, 'utf8')) : undefined;
}

function isThere(...paths: string[]): boolean {
  const missing = paths.find(path => !existsSync(path));
  if (missing === undefined) return true;
  if (process.env.CI || process.env.CLOUDCTL_REQUIRE_SERVICES) throw new Error(`required here and absent: ${missing}`);
  console.warn(`skipped: there is no ${missing}`);
  return false;
}

function schemaOf(part: Json): Json {
  return part?.content?.['application/json']?.schema;
}

function placesIn(document: Json, schema: Json): Map<string, readonly string[] | undefined> {
  const found = new Map<string, readonly string[] | undefined>();
  const visit = (given: Json, place: string): void => {
    const keys: string[] = given.$ref?.split('/').slice(1) ?? [];
    const part = given.$ref ? keys.reduce((value, key) => value[key], document) : given;
    if (place !== '') found.set(place, part.enum ?? found.get(place));
    for (const inner of [...(part.allOf ?? []), ...(part.oneOf ?? []), ...(part.anyOf ?? [])]) visit(inner, place);
    for (const [key, inner] of Object.entries(part.properties ?? {}))
      visit(inner, place === '' ? key : `${place}.${key}`);
    if (part.items) visit(part.items, `${place}[]`);
  };
  if (schema) visit(schema, '');
  return found;
}
