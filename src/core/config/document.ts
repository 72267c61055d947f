import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';

/** A TOML table as it was read. */
export type Table = Readonly<Record<string, unknown>>;

/** An endpoint and a credential under a name; the credential is kept elsewhere, the endpoint is a preference. */
export interface Context extends Table {
  readonly name: string;
  readonly preferences?: Table;
  /** Its token is not used without a valid sign-in. */
  readonly require_login?: boolean;
}

/** The configuration file as data, unknown keys and all; the shape is hcloud's without the tokens. */
export interface ConfigDocument extends Table {
  readonly active_context?: string;
  /** The account that is meant where none is named. */
  readonly active_account?: string;
  readonly preferences?: Table;
  readonly contexts?: readonly Context[];
}

/** The contexts in the order of the file. */
export function contextsOf(document: ConfigDocument): readonly Context[] {
  return document.contexts ?? [];
}

/** The context of that name, if there is one. */
export function findContext(document: ConfigDocument, name: string | undefined): Context | undefined {
  return name === undefined ? undefined : contextsOf(document).find(context => context.name === name);
}

/** The context of that name; throws `not_found` with the name that was most likely meant. */
export function requireContext(document: ConfigDocument, name: string): Context {
  const context = findContext(document, name);
  if (context) return context;
  const names = contextsOf(document).map(one => one.name);
  const meant = nearest(name, names);
  throw new Failure('not_found', `context not found: ${name}`, {
    hint: meant ? `Did you mean ${meant}? All: cloudctl context list` : 'cloudctl context list',
  });
}

/** The document with one more context; throws `refused` when the name is taken. */
export function addContext(document: ConfigDocument, context: Context): ConfigDocument {
  requireFree(document, context.name);
  return { ...document, contexts: [...contextsOf(document), context] };
}

/** The document without the context; when it was active none is. */
export function removeContext(document: ConfigDocument, name: string): ConfigDocument {
  requireContext(document, name);
  const contexts = contextsOf(document).filter(context => context.name !== name);
  const left = { ...document, contexts };
  return document.active_context === name ? activateContext(left, undefined) : left;
}

/** The document with the context under another name, active if it was; throws `refused` when that name is taken. */
export function renameContext(document: ConfigDocument, from: string, to: string): ConfigDocument {
  requireContext(document, from);
  requireFree(document, to);
  const renamed = replaceContext(document, from, context => ({ ...context, name: to }));
  return document.active_context === from ? activateContext(renamed, to) : renamed;
}

/** The document with that context active, or none. */
export function activateContext(document: ConfigDocument, name: string | undefined): ConfigDocument {
  if (name !== undefined) return { active_context: requireContext(document, name).name, ...omit(document) };
  return omit(document);
}

/** The document with that account active, or none. */
export function activateAccount(document: ConfigDocument, name: string | undefined): ConfigDocument {
  const { active_account: _, ...rest } = document;
  return name === undefined ? rest : { active_account: name, ...rest };
}

/** The preferences of a context, or the global ones. */
export function preferencesOf(document: ConfigDocument, contextName: string | undefined): Table {
  const holder = contextName === undefined ? document : requireContext(document, contextName);
  return holder.preferences ?? {};
}

/** The document with the preferences of a context, or the global ones, replaced. */
export function replacePreferences(
  document: ConfigDocument,
  contextName: string | undefined,
  preferences: Table,
): ConfigDocument {
  if (contextName === undefined) return withPreferences(document, preferences);
  requireContext(document, contextName);
  return replaceContext(document, contextName, context => withPreferences(context, preferences));
}

function withPreferences<T extends { readonly preferences?: Table }>(holder: T, preferences: Table): T {
  if (Object.keys(preferences).length > 0) return { ...holder, preferences };
  const { preferences: _, ...rest } = holder;
  return rest as T;
}

function replaceContext(document: ConfigDocument, name: string, change: (context: Context) => Context): ConfigDocument {
  const contexts = contextsOf(document).map(context => (context.name === name ? change(context) : context));
  return { ...document, contexts };
}

function requireFree(document: ConfigDocument, name: string): void {
  if (!findContext(document, name)) return;
  throw new Failure('refused', `context exists already: ${name}`, {
    hint: `Choose another name, or: cloudctl context rename ${name} <new name>`,
  });
}

function omit(document: ConfigDocument): ConfigDocument {
  const { active_context: _, ...rest } = document;
  return rest;
}
