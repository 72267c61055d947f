import { declarationOf, requireSetting, settingNames } from '../../core/config/keys.ts';
import { type Origin, resolveSettings, type Settings } from '../../core/config/resolve.ts';
import { keysOf, showValue } from '../../core/config/values.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { escapeKeepingLines } from '../output/escape.ts';
import { parseFormat } from '../output/format.ts';
import { writeRows } from '../output/rows.ts';
import type { Session } from '../session.ts';
import { globalFlag, keyOperand, sensitiveFlag } from './fields.ts';

interface Row {
  readonly key: string;
  readonly value: string | number | boolean | readonly string[] | null;
  /** Which layer gave the value. */
  readonly origin: Origin;
}

const columns = {
  key: (row: Row) => row.key,
  value: (row: Row) => (typeof row.value === 'boolean' ? String(row.value) : row.value),
  origin: (row: Row) => row.origin,
};

/** `config list`: what is set, and by which layer. */
export const list = command({
  name: 'list',
  summary: 'List settings with their values and where these are from',
  fields: {
    all: field('boolean', 'Also those that have their default', { short: 'a' }),
    global: { ...globalFlag.global, short: 'g' },
    ...sensitiveFlag,
    ...outputFields,
  },
  examples: ['cloudctl config list', 'cloudctl config list -a -o json'],
  exits: [],
  async run(session, input) {
    const format = parseFormat({ ...input, available: Object.keys(columns) });
    const settings = await settingsFor(session, input.global);
    const rows = settingNames().map(name => rowOf(name, settings));
    await writeRows(session.world.out, format, {
      items: rows.filter(row => row.origin !== 'default' || (input.all && isPlain(row.key))),
      columns,
      defaults: Object.keys(columns),
      wide: Object.keys(columns),
      nameOf: row => row.key,
      idOf: row => row.key,
      now: session.world.clock.now(),
    });
  },
});

/** `config get`: one value as it is in effect, as `config set` would take it. */
export const get = command({
  name: 'get',
  summary: 'Show the value of a setting',
  fields: { ...keyOperand, ...globalFlag, ...sensitiveFlag, ...outputFields },
  examples: ['cloudctl config get poll-interval', 'cloudctl config get sort.server --global'],
  exits: [],
  async run(session, { key, global, ...input }) {
    const format = parseFormat({ ...input, available: Object.keys(columns) });
    const { name, setting } = requireSetting(key);
    if (setting.secret) {
      throw new Failure('usage', `${name} is secret and never shown`, {
        hint: 'cloudctl config list says where it is from',
      });
    }
    const row = rowOf(name, await settingsFor(session, global));
    const { out, clock } = session.world;
    if (format.kind === 'table' && !format.columns && format.query === undefined) {
      const text = row.value === null ? '' : String(row.value);
      return out.write(`${escapeKeepingLines(text)}\n`);
    }
    const { writeItem } = await import('../output/item.ts');
    await writeItem(out, format, row, { columns, nameOf: one => one.key, idOf: one => one.key, now: clock.now() });
  },
});

/** The session's settings, or with `--global` those that hold in no context. */
async function settingsFor(session: Session, global: boolean | undefined): Promise<Settings> {
  const { settings, world } = session;
  if (!global) return settings;
  const flags = settings.origins.config === 'flag' ? { config: settings.configPath } : {};
  return resolveSettings(world, flags, { ignoreContext: true });
}

function rowOf(name: string, settings: Settings): Row {
  const setting = declarationOf(name);
  const origin = settings.origins[name] ?? 'default';
  if (setting.secret) return { key: name, value: origin === 'default' ? null : '[redacted]', origin };
  const [first = '', resource] = name.split('.');
  if (resource !== undefined) {
    const members = first === 'sort' ? settings.sort : settings.columns;
    return { key: name, value: members[resource] ?? null, origin };
  }
  return { key: name, value: showValue(setting, currentValue(name, settings)) ?? null, origin };
}

function currentValue(name: string, settings: Settings): unknown {
  if (name === 'config') return settings.configPath;
  if (name === 'context') return settings.contextName;
  const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return (settings as unknown as Readonly<Record<string, unknown>>)[key];
}

/** Not one of a family: those have no defaults worth a hundred lines. */
function isPlain(name: string): boolean {
  return keysOf(name).length === 1;
}
