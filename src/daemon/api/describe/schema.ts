import { type Field, type Fields, type FieldType, keyOf } from '../../../core/field.ts';

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

const types: Readonly<Record<FieldType, Schema>> = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  decimal: { type: 'number' },
  boolean: { type: 'boolean' },
  list: { type: 'array', items: { type: 'string' } },
  repeat: { type: 'array', items: { type: 'string' } },
  labels: { type: 'object', additionalProperties: true },
  duration: { type: 'integer', minimum: 0 },
  time: { type: 'string' },
  selector: { type: 'string' },
  ip: { type: 'string' },
  cidr: { type: 'string' },
};

const samples: Readonly<Record<FieldType, unknown>> = {
  text: 'text',
  integer: 42,
  decimal: 12.5,
  boolean: true,
  list: ['web-1'],
  repeat: ['web-1'],
  labels: { env: 'prod' },
  duration: 3_600_000,
  time: '2026-11-25T08:00:00Z',
  selector: 'env=prod',
  ip: '192.0.2.1',
  cidr: '192.0.2.0/24',
};

/** Fields whose type alone makes no good example. */
const named: Readonly<Record<string, unknown>> = {
  name: 'nightly',
  'keep-last': 3,
  'keep-hourly': 24,
  'keep-daily': 7,
  'keep-weekly': 4,
  'keep-monthly': 12,
  'keep-yearly': 2,
  'min-keep': 1,
  cron: '0 3 * * *',
  'verify-cron': '0 5 * * 0',
  zone: 'Europe/Berlin',
  selector: 'env=prod',
  exclude: ['web-9'],
  reason: 'before the migration',
  before: 'flush',
  after: 'thaw',
  rebuild: 'web-1',
  location: 'fsn1',
  type: 'cx22',
  'new-server': 'web-1-restored',
};

/** What the body of a request may have, and must. */
export function inputSchema(fields: Fields): Schema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, declared]) => declared.required).map(([name, declared]) => keyOf(name, declared));
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(entries.map(([name, declared]) => [keyOf(name, declared), valueSchema(declared)])),
    ...(required.length > 0 && { required }),
  };
}

/** What an item has; what is not `required` may be null. */
export function itemSchema(fields: Fields): Schema {
  const entries = Object.entries(fields);
  const properties = entries.map(([name, declared]): [string, Schema] => {
    const { default: _, ...schema } = valueSchema(declared);
    const time = declared.type === 'time' ? { format: 'date-time' } : {};
    return [keyOf(name, declared), { ...(declared.required ? schema : nullable(schema)), ...time }];
  });
  const required = entries.filter(([, declared]) => declared.required).map(([name, declared]) => keyOf(name, declared));
  return { type: 'object', additionalProperties: true, properties: Object.fromEntries(properties), required };
}

/** One value of a field. */
export function valueSchema({ type, summary, choices, default: preset, secret }: Field): Schema {
  const isMany = type === 'list' || type === 'repeat';
  const chosen = choices && (isMany ? { items: { type: 'string', enum: choices } } : { enum: choices });
  const unit = type === 'duration' ? `${summary} (milliseconds)` : type === 'time' ? `${summary} (RFC 3339)` : summary;
  return {
    ...types[type],
    description: unit,
    ...chosen,
    ...(preset !== undefined && { default: preset }),
    ...(secret && { format: 'password', writeOnly: true }),
  };
}

/** A value for each field, by its key: what a request or an item can look like. */
export function sampleOf(fields: Fields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, { choices, default: preset, ...declared }]) => {
    const isMany = declared.type === 'list' || declared.type === 'repeat';
    const chosen = choices && (isMany ? [choices[0]] : choices[0]);
    return [keyOf(name, declared), chosen ?? preset ?? named[name] ?? samples[declared.type]];
  });
  return Object.fromEntries(entries);
}

function nullable(schema: Schema): Schema {
  const { type, enum: choices } = schema;
  return { ...schema, type: [type, 'null'], ...(Array.isArray(choices) && { enum: [...choices, null] }) };
}
