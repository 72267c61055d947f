import { describe, expect, it } from 'vitest';
import { parsePaths } from '../../../src/core/activity/paths.ts';
import { readActions, readActivity, readNames } from '../../../src/core/activity/read.ts';
import { Failure } from '../../../src/core/failure.ts';
import { action, project } from './project.ts';

const all = { since: 0, most: Number.POSITIVE_INFINITY };
const many = Array.from({ length: 120 }, (_, index) => action(1000 - index, 120 - index));

describe('reading what happened', () => {
  it('merges the lists, newest first, an action on two resources once', async () => {
    const attach = action(3, 5);
    const { api } = project({ 'servers/actions': [action(4, 9), attach], 'volumes/actions': [action(5, 7), attach] });
    const { actions, more } = await readActivity(api, ['servers', 'volumes'], all);
    expect(actions.map(({ id }) => id)).toEqual([4, 5, 3]);
    expect(more).toBe(false);
  });

  it('asks for no page that is older than wanted', async () => {
    const { api, asked } = project({ 'servers/actions': many });
    const since = Date.parse('2026-11-23T09:00:00Z');
    const { actions } = await readActivity(api, ['servers'], { ...all, since });
    expect(actions).toHaveLength(61);
    expect(asked).toEqual(['servers/actions 1', 'servers/actions 2']);
  });

  it('asks for no more pages than the limit needs, and says that there is more', async () => {
    const { api, asked } = project({ 'servers/actions': many });
    const { actions, more } = await readActivity(api, ['servers'], { since: 0, most: 10 });
    expect(actions.map(({ id }) => id)).toEqual(many.slice(0, 10).map(({ id }) => id));
    expect([more, asked]).toEqual([true, ['servers/actions 1']]);
  });

  it('reads all pages where everything is wanted', async () => {
    const { api, asked } = project({ 'servers/actions': many });
    expect((await readActivity(api, ['servers'], all)).actions).toEqual(many);
    expect(asked).toHaveLength(3);
  });

  it('passes over a resource that this API does not have, unless it alone was asked for', async () => {
    const { api } = project({ 'servers/actions': [action(1, 1)] });
    expect((await readActivity(api, ['servers', 'zones'], all)).actions).toHaveLength(1);
    await expect(readActivity(api, ['zones'], all)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not take an answer without a list for nothing', async () => {
    const api = { ...project({}).api, send: async <T>() => ({}) as T };
    await expect(readActivity(api, ['servers'], all)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('reading actions by id', () => {
  it('asks for 25 in a request and keeps the order', async () => {
    const { api, asked } = project({ actions: many });
    const ids = many
      .slice(0, 60)
      .map(({ id }) => id)
      .reverse();
    expect((await readActions(api, ids)).map(({ id }) => id)).toEqual(ids);
    expect(asked).toHaveLength(3);
  });

  it('names those that do not exist', async () => {
    const { api } = project({ actions: [action(1, 1)] });
    await expect(readActions(api, [1, 2, 3])).rejects.toThrow('action not found: 2, 3');
  });
});

describe('names of resources', () => {
  it('come with one list for each type, those that may not be read are left out', async () => {
    const on = (type: string, id: number) => action(id, id, { resources: [{ type, id }] });
    const { api, asked } = project({
      servers: [{ id: 1, name: 'web-1' }],
      images: [{ id: 3, name: null, description: 'before upgrade' }],
    });
    const names = await readNames(api, [on('server', 1), on('server', 2), on('image', 3), on('zone', 4)]);
    expect(Object.fromEntries(names)).toEqual({ 'server:1': 'web-1', 'image:3': 'before upgrade' });
    expect(asked).toEqual(['servers', 'images', 'zones']);
  });

  it('do not hide that the API failed', async () => {
    const fails = async function* () {
      yield* [];
      throw new Failure('unreachable', 'down');
    } as never;
    await expect(readNames({ ...project({}).api, list: fails }, [action(1, 1)])).rejects.toThrow('down');
  });
});

describe('words for resources', () => {
  it('are understood in the singular, the plural and with dashes', () => {
    expect(parsePaths(['server', 'Servers', 'floating-ip', 'primary_ips'])).toEqual([
      'servers',
      'floating_ips',
      'primary_ips',
    ]);
    expect(parsePaths(undefined)).toHaveLength(10);
  });

  it('are refused with the nearest one', () => {
    expect(() => parsePaths(['servrs'])).toThrow(
      expect.objectContaining({ code: 'usage', hint: 'Did you mean servers?' }),
    );
    expect(() => parsePaths(['ssh-keys'])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('One of') }),
    );
  });
});
