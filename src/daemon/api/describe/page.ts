import { createHash } from 'node:crypto';
import type { Description } from './openapi.ts';
import type { Content, Operation } from './operation.ts';
import type { Schema } from './schema.ts';
import { style } from './style.ts';

/** What the page may load: its own style, and nothing else from anywhere. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The description as one page to read, which needs neither scripts nor the network. */
export function renderPage(description: Description): string {
  const { info, tags } = description;
  const all = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = new Map(
    tags.map(tag => {
      const own = all.filter(({ operation }) => operation.tags.includes(tag.name));
      const parts = own.map(({ path, method, operation }) => renderOperation(method, path, operation));
      const item = renderItem(
        description,
        own.map(one => one.operation),
      );
      return [
        tag.name,
        `<section id="${idOf(tag.name)}"><h2>${escapeHtml(tag.description)}</h2>${item}${parts.join('')}</section>`,
      ];
    }),
  );
  const titles = new Map(tags.map(({ name, description: title }) => [name, title]));
  const groups = description['x-tagGroups'].map(({ name, tags: names }) => ({
    links: `<h2>${escapeHtml(name)}</h2>${names.map(one => `<a href="#${idOf(one)}">${escapeHtml(titles.get(one) ?? one)}</a>`).join('')}`,
    sections: `<h1>${escapeHtml(name)}</h1>${names.map(one => sections.get(one)).join('')}`,
  }));
  const paragraphs = info.description.split('\n').map(text => `<p>${escapeHtml(text)}</p>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(info.title)}</title><style>${style}</style></head><body><nav><strong>${escapeHtml(info.title)}</strong> <small>${escapeHtml(info.version)}</small><a href="/openapi.json">openapi.json</a>${groups.map(({ links }) => links).join('')}</nav><main><h1>${escapeHtml(info.title)}</h1>${paragraphs.join('')}${groups.map(group => group.sections).join('')}</main></body></html>`;
}

/** Of a section: operations have ids of their own, which may be the same word. */
function idOf(tag: string): string {
  return escapeHtml(`of-${tag}`);
}

/** What the section's items have. */
function renderItem({ components }: Description, operations: readonly Operation[]): string {
  const schemas = components.schemas as Readonly<Record<string, Schema>>;
  const texts = JSON.stringify(operations.map(({ responses }) => responses));
  const name = /#\/components\/schemas\/(?!error|meta)(\w+)/.exec(texts)?.[1];
  const schema = name === undefined ? undefined : schemas[name];
  return schema
    ? `<details><summary>What a ${escapeHtml(name!.replaceAll('_', ' '))} has</summary>${renderProperties(schema)}</details>`
    : '';
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  const rows = parameters.map(one => [
    one.name,
    one.in,
    one.required ? 'required' : '',
    typeOf(one.schema),
    one.description,
  ]);
  const answers = Object.entries(responses).map(([status, { description, content }]) => {
    const example = Object.values(content ?? {})[0]?.example;
    return `<h4>${escapeHtml(status)}: ${escapeHtml(description)}</h4>${example === undefined ? '' : renderExample(example)}`;
  });
  return `<details id="${escapeHtml(operationId)}"><summary><b class="${escapeHtml(method)}">${escapeHtml(method.toUpperCase())}</b> <code>${escapeHtml(path)}</code> <span>${escapeHtml(summary)}</span></summary><p>Permission: <code>${escapeHtml(operation['x-permission'])}</code>${renderRoles(operation)}</p>${rows.length > 0 ? `<h3>Parameters</h3>${renderTable(rows)}` : ''}${body ? `<h3>Body</h3>${renderBody(body)}` : ''}<h3>Answers</h3>${answers.join('')}</details>`;
}

function renderRoles(operation: Operation): string {
  const grants = Object.entries(operation['x-roles'] ?? {});
  return grants.length === 0 ? '' : `; ${grants.map(([role, grant]) => `${escapeHtml(role)} (${grant})`).join(', ')}`;
}

function renderBody({ schema, example }: Content[string]): string {
  if (schema.properties === undefined) return `<p>${escapeHtml(String(schema.description ?? ''))}</p>`;
  return renderProperties(schema) + (example === undefined ? '' : renderExample(example));
}

function renderProperties(schema: Schema): string {
  const required = (schema.required ?? []) as readonly string[];
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, Schema>>);
  return renderTable(
    properties.map(([name, value]) => [
      name,
      required.includes(name) ? 'required' : '',
      typeOf(value),
      `${value.description ?? ''}${value.default === undefined ? '' : ` (default ${JSON.stringify(value.default)})`}`,
    ]),
  );
}

/** A schema's type in a few words: `integer or null`, `array of string`, `one of a, b`. */
function typeOf(schema: Schema): string {
  const choices = (schema.enum ?? (schema.items as Schema | undefined)?.enum) as readonly unknown[] | undefined;
  const type = ([] as unknown[]).concat(schema.type ?? 'any').join(' or ');
  const items = schema.items ? ` of ${(schema.items as Schema).type ?? 'any'}` : '';
  return `${type}${items}${choices ? `: ${choices.map(String).join(', ')}` : ''}`;
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) =>
    row.map((text, at) => (at === 0 ? `<td><code>${escapeHtml(text)}</code></td>` : `<td>${escapeHtml(text)}</td>`));
  return `<table>${rows.map(row => `<tr>${cells(row).join('')}</tr>`).join('')}</table>`;
}

function renderExample(example: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(example, null, 2))}</pre>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character]!);
}
