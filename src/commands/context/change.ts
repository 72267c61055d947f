import { activateContext, removeContext, renameContext, requireContext } from '../../core/config/document.ts';
import { changeConfig } from '../../core/config/file.ts';
import { requireConfigPath } from '../../core/config/paths.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { checkContextName } from './create.ts';
import { note, noteOverride, openStore, tell } from './tell.ts';

/** `context use`: the context of every command from now on. */
export const use = command({
  name: 'use',
  summary: 'Make a context the active one',
  fields: { context: field('text', 'Name of the context', { operand: 'one', required: true }), ...outputFields },
  examples: ['cloudctl context use production'],
  exits: ['not_found', 'busy'],
  async run(session, { context: name, ...input }) {
    const format = parseFormat(input);
    const { settings, world } = session;
    requireContext(settings.document, name);
    await changeConfig(requireConfigPath(settings.configPath), world, document => activateContext(document, name));
    await tell(session, format, name, 'made active', { name, active: true });
    noteOverride(session, format);
  },
});

/** `context unset`: no context is active afterwards. */
export const unset = command({
  name: 'unset',
  summary: 'Leave no context active',
  fields: outputFields,
  examples: ['cloudctl context unset'],
  exits: ['busy'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const name = settings.document.active_context;
    if (!name) return note(session, format, 'no context was active');
    await changeConfig(requireConfigPath(settings.configPath), world, document => activateContext(document, undefined));
    await tell(session, format, name, 'no longer active', { name, active: false });
  },
});

/** `context rename`: the token moves along. */
export const rename = command({
  name: 'rename',
  summary: 'Rename a context',
  fields: {
    context: field('text', 'Name of the context', { operand: 'one', required: true }),
    name: field('text', 'Its new name', { operand: 'one', required: true }),
    ...outputFields,
  },
  examples: ['cloudctl context rename production prod'],
  exits: ['not_found', 'refused', 'busy'],
  async run(session, { context: from, name, ...input }) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const path = requireConfigPath(settings.configPath);
    const to = checkContextName(name);
    const credentials = openStore(session, format);
    const credential = await credentials.get(from);
    await changeConfig(path, world, document => renameContext(document, from, to));
    if (credential) {
      try {
        await credentials.set(to, credential);
      } catch (error) {
        await changeConfig(path, world, document => renameContext(document, to, from));
        throw error;
      }
      await credentials.remove(from);
    }
    await tell(session, format, from, `renamed to ${to}`, { name: to });
  },
});

/** `context delete`: the context and its token. */
export const remove = command({
  name: 'delete',
  summary: 'Delete a context with its token',
  fields: { context: field('text', 'Name of the context', { operand: 'one', required: true }), ...outputFields },
  examples: ['cloudctl context delete staging'],
  exits: ['not_found', 'busy'],
  async run(session, { context: name, ...input }) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const path = requireConfigPath(settings.configPath);
    requireContext(settings.document, name);
    // First the token: what is left after a failure is a context that can be deleted again, not a secret nobody knows of.
    await openStore(session, format).remove(name);
    await changeConfig(path, world, document => removeContext(document, name));
    await tell(session, format, name, 'deleted', { name });
  },
});
