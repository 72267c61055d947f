import type { Credentials } from '../../core/auth/credentials.ts';
import {
  activateContext,
  addContext,
  type ConfigDocument,
  findContext,
  preferencesOf,
  replacePreferences,
} from '../../core/config/document.ts';
import { originOf, parseEndpoint } from '../../core/config/endpoint.ts';
import { changeConfig, readConfig } from '../../core/config/file.ts';
import { type HcloudConfig, type HcloudContext, readHcloudConfig } from '../../core/config/hcloud.ts';
import { hcloudConfigPath, requireConfigPath } from '../../core/config/paths.ts';
import { withoutTokens } from '../../core/config/plaintext.ts';
import { readIfThere, writeAtomically } from '../../core/config/storage.ts';
import { checkToken } from '../../core/config/token.ts';
import { mergePreferences } from '../../core/config/values.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { writeRows } from '../output/rows.ts';
import type { Session } from '../session.ts';
import { note, openStore } from './tell.ts';

interface Row {
  readonly name: string;
  readonly endpoint: string;
  readonly result: 'imported' | 'replaced' | 'kept' | 'failed';
  readonly message: string;
}

const columns = {
  name: (row: Row) => row.name,
  endpoint: (row: Row) => row.endpoint,
  result: (row: Row) => row.result,
  message: (row: Row) => row.message,
};

/** `context import`: what hcloud has, taken over; its file is only read. */
export const importContexts = command({
  name: 'import',
  summary: "Take over the contexts of hcloud's configuration file",
  description:
    "Reads HCLOUD_CONFIG, or ~/.config/hcloud/cli.toml. Tokens go to cloudctl's store of credentials, preferences that cloudctl has too to its configuration. What cloudctl has already is kept, unless --overwrite says otherwise.\n\nhcloud keeps its tokens as text. When all is taken over, removing them there is offered on a terminal; --remove-plaintext does it without asking, and --yes does not. Nothing else in that file is changed. hcloud itself then needs HCLOUD_TOKEN.",
  fields: {
    from: field('text', "hcloud's file", { placeholder: 'file' }),
    overwrite: field('boolean', 'Replace contexts and preferences of the same name'),
    'remove-plaintext': field('boolean', "Remove the tokens that were taken over from hcloud's file, without asking"),
    ...outputFields,
  },
  examples: [
    'cloudctl context import',
    'cloudctl context import --from ./cli.toml --overwrite',
    'cloudctl context import --remove-plaintext',
  ],
  exits: ['partial', 'busy'],
  async run(session, input) {
    const format = parseFormat({ ...input, available: Object.keys(columns) });
    const path = requireConfigPath(session.settings.configPath);
    const source = sourceOf(session, path, input.from);
    const found = readHcloudConfig((await readConfig(source)).document);
    const rows: Row[] = [];
    const credentials = openStore(session, format);
    for (const context of found.contexts) {
      rows.push(await importOne(session, credentials, context, input.overwrite ?? false));
    }
    const failed = rows.filter(({ result }) => result === 'failed');
    await changeConfig(path, session.world, document => takeOver(document, found, input.overwrite ?? false));
    await writeRows(session.world.out, format, {
      items: rows,
      columns,
      defaults: Object.keys(columns),
      wide: Object.keys(columns),
      nameOf: row => row.name,
      idOf: row => row.name,
      now: session.world.clock.now(),
    });
    const taken = rows.filter(({ result }) => result === 'imported' || result === 'replaced').map(({ name }) => name);
    await offerRemoval(session, format, source, taken, input['remove-plaintext'] ?? false);
    if (failed.length > 0) {
      throw new Failure('partial', `import failed for ${failed.length} of ${rows.length} contexts`, {
        details: { targets: failed.map(({ name, message }) => ({ target: name, code: 'unauthorized', message })) },
      });
    }
  },
});

/** Takes the tokens that were stored out of hcloud's file, where that is wanted. */
async function offerRemoval(
  session: Session,
  format: Format,
  source: string,
  names: readonly string[],
  wanted: boolean,
): Promise<void> {
  if (names.length === 0 || (!wanted && !(session.interactive && (await agrees(session, source))))) return;
  const left = await withoutTokens(source, readIfThere(source) ?? '', names);
  if (left === undefined) {
    throw new Failure('refused', `${source} is written in a way that does not let its tokens be removed safely`, {
      hint: 'The contexts are taken over; remove the tokens with an editor',
    });
  }
  writeAtomically(source, left);
  note(session, format, `the tokens are no longer in ${source}; hcloud needs HCLOUD_TOKEN now`);
}

async function agrees({ world }: Session, source: string): Promise<boolean> {
  const { confirm } = await import('../output/prompt.ts');
  return confirm(world, `Remove the tokens that were taken over from ${source}, where they stand as text?`);
}

function sourceOf({ world }: Session, path: string, from: string | undefined): string {
  const source = from ?? hcloudConfigPath(world);
  if (!source)
    throw new Failure('usage', "hcloud's file is not known: HOME is not set", { hint: 'Name it with --from' });
  if (source === path)
    throw new Failure('usage', `${source} is cloudctl's own file`, { hint: "Name hcloud's with --from" });
  if (readIfThere(source) === undefined) {
    throw new Failure('usage', `hcloud's file is not there: ${source}`, { hint: 'Name it with --from' });
  }
  return source;
}

async function importOne(
  session: Session,
  credentials: Credentials,
  context: HcloudContext,
  overwrite: boolean,
): Promise<Row> {
  const path = requireConfigPath(session.settings.configPath);
  const { name, preferences } = context;
  const row = { name, endpoint: context.endpoint };
  const isThere = findContext(session.settings.document, name) !== undefined;
  if (isThere && !overwrite)
    return { ...row, result: 'kept', message: 'a context of that name is there; --overwrite replaces it' };
  const checked = check(context);
  if ('fault' in checked) return { ...row, result: 'failed', message: checked.fault };
  const { endpoint, token } = checked;
  // First the token: after a failure the context is not there and the next import tries it again.
  await credentials.set(name, { token, origin: originOf(endpoint) });
  await changeConfig(path, session.world, document => {
    const added = findContext(document, name) ? document : addContext(document, { name });
    const merged = mergePreferences(preferencesOf(added, name), { ...preferences, endpoint });
    return replacePreferences(added, name, merged);
  });
  return { name, endpoint, result: isThere ? 'replaced' : 'imported', message: '' };
}

function check(context: HcloudContext): { endpoint: string; token: string } | { fault: string } {
  try {
    const endpoint = parseEndpoint(context.endpoint);
    return { endpoint, token: checkToken(context.token ?? '', endpoint, "hcloud's file") };
  } catch (error) {
    if (error instanceof Failure) return { fault: error.message };
    throw error;
  }
}

/** Global preferences, and hcloud's active context where cloudctl has none. */
function takeOver(document: ConfigDocument, found: HcloudConfig, overwrite: boolean): ConfigDocument {
  const own = preferencesOf(document, undefined);
  const merged = overwrite ? mergePreferences(own, found.preferences) : mergePreferences(found.preferences, own);
  const preferred = replacePreferences(document, undefined, merged);
  const isNew = !document.active_context && findContext(document, found.active) !== undefined;
  return isNew ? activateContext(preferred, found.active) : preferred;
}
