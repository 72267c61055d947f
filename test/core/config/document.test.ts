import { describe, expect, it } from 'vitest';
import {
  activateContext,
  addContext,
  type ConfigDocument,
  preferencesOf,
  removeContext,
  renameContext,
  replacePreferences,
  requireContext,
} from '../../../src/core/config/document.ts';
import { failureOf } from './home.ts';

const document: ConfigDocument = {
  active_context: 'prod',
  unknown: { kept: 1 },
  contexts: [{ name: 'prod', preferences: { debug: true }, note: 'kept' }, { name: 'staging' }],
};

describe('contexts of a document', () => {
  it('are added at the end and may then be active', () => {
    const added = addContext(document, { name: 'dev' });
    expect(added.contexts?.map(({ name }) => name)).toEqual(['prod', 'staging', 'dev']);
    expect(activateContext(added, 'dev').active_context).toBe('dev');
    expect(activateContext(added, undefined)).not.toHaveProperty('active_context');
  });

  it('keep unknown keys through every change', () => {
    const changed = replacePreferences(renameContext(document, 'prod', 'live'), 'live', { quiet: true });
    expect(changed).toEqual({
      active_context: 'live',
      unknown: { kept: 1 },
      contexts: [{ name: 'live', preferences: { quiet: true }, note: 'kept' }, { name: 'staging' }],
    });
  });

  it('are no longer active when deleted; deleting another one leaves the active one', () => {
    expect(removeContext(document, 'prod')).toEqual({ unknown: { kept: 1 }, contexts: [{ name: 'staging' }] });
    expect(removeContext(document, 'staging').active_context).toBe('prod');
    expect(renameContext(document, 'staging', 'test').active_context).toBe('prod');
  });

  it('have names of their own', async () => {
    expect(await failureOf(() => addContext(document, { name: 'prod' }))).toMatchObject({ code: 'refused' });
    expect(await failureOf(() => renameContext(document, 'prod', 'staging'))).toMatchObject({ code: 'refused' });
  });

  it('that are not there fail with the name that was meant, if one is near', async () => {
    for (const act of [requireContext, removeContext, activateContext, preferencesOf]) {
      const failure = await failureOf(() => act(document, 'prdo'));
      expect(failure).toMatchObject({ code: 'not_found', message: 'context not found: prdo' });
      expect(failure.hint).toContain('Did you mean prod?');
    }
    expect((await failureOf(() => requireContext(document, 'xyz'))).hint).toBe('cloudctl context list');
  });

  it('and the whole have preferences of their own, whose empty table goes away', () => {
    expect(preferencesOf(document, 'prod')).toEqual({ debug: true });
    expect(preferencesOf(document, undefined)).toEqual({});
    expect(replacePreferences(document, 'prod', {}).contexts?.[0]).toEqual({ name: 'prod', note: 'kept' });
    expect(replacePreferences(document, undefined, { quiet: true }).preferences).toEqual({ quiet: true });
  });
});
