import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comesFrom } from '../../../src/core/hetzner/commands.ts';
import { createStarted } from '../../../src/core/hetzner/started.ts';
import { isMadeBy, isMarkable, isStartedBy, mark, requestLabel, traceOf } from '../../../src/core/hetzner/traces.ts';
import { action } from './open.ts';

const post = (path: string, body?: unknown) => ({ method: 'POST', path, body }) as const;
const since = Date.parse('2026-11-23T08:00:00Z');

describe('traceOf', () => {
  it('recognises a create by its name', () => {
    expect(traceOf(post('servers', { name: 'web' }))).toMatchObject({ by: 'name', collection: 'servers', name: 'web' });
  });

  it('recognises an action by the item and the command', () => {
    expect(traceOf(post('servers/42/actions/poweron'))).toEqual({
      by: 'action',
      item: 'servers/42',
      collection: 'servers',
      command: 'poweron',
    });
  });

  it('recognises an image by the label of its request', () => {
    const call = mark(post('servers/42/actions/create_image', { type: 'snapshot', labels: { a: 'b' } }), 'id-1');
    expect(call.body).toEqual({ type: 'snapshot', labels: { a: 'b', [requestLabel]: 'id-1' } });
    expect(traceOf(call)).toEqual({ by: 'label', item: 'servers/42', label: 'id-1' });
  });

  it('never takes an image for its own whose labels were copied with the mark', () => {
    const labels = { [requestLabel]: 'of an older image' };
    expect(mark(post('servers/42/actions/create_image', { labels }), 'id-1').body).toEqual({
      labels: { [requestLabel]: 'id-1' },
    });
  });

  it('lets what only gives a secret be asked for once more', () => {
    expect(traceOf(post('servers/42/actions/reset_password'))).toEqual({ by: 'nothing' });
  });

  it('knows nothing of a create without a name, an unmarked image, or anything deeper', () => {
    expect(traceOf(post('floating_ips', { type: 'ipv4' }))).toBeUndefined();
    expect(traceOf(post('servers/42/actions/create_image'))).toBeUndefined();
    expect(traceOf(post('zones/1/rrsets', { name: 'www' }))).toBeUndefined();
    expect(traceOf(post('zones/1/rrsets/www/A/actions/change_ttl'))).toBeUndefined();
  });
});

describe('isMarkable', () => {
  it('is true of no call but the one that makes an image', () => {
    expect(isMarkable(post('servers/1/actions/create_image'))).toBe(true);
    for (const path of ['servers', 'servers/1/actions/reboot', 'servers/1/actions/create_image/x']) {
      expect(isMarkable(post(path))).toBe(false);
    }
    expect(isMarkable({ method: 'GET', path: 'servers/1/actions/create_image' })).toBe(false);
  });
});

describe('isMadeBy', () => {
  const item = {
    id: 1,
    name: 'web',
    created: '2026-11-23T08:00:01Z',
    labels: { env: 'prod', more: 'x' },
    server_type: { id: 22, name: 'cx22' },
    location: { id: 1, name: 'fsn1' },
    image: null,
    size: 10,
    server: null,
  };

  it('goes by the time of creation', () => {
    expect(isMadeBy(item, { name: 'web' }, since)).toBe(true);
    expect(isMadeBy(item, { name: 'web' }, since + 2000)).toBe(false);
    expect(isMadeBy({ id: 1, name: 'web' }, { name: 'web' }, since)).toBe(false);
  });

  it.each([
    [{ server_type: 'cx22' }, true],
    [{ server_type: 'CX22' }, true],
    [{ server_type: 22 }, true],
    [{ server_type: 'cx32' }, false],
    [{ location: 'nbg1' }, false],
    [{ size: 10 }, true],
    [{ size: 20 }, false],
    [{ labels: { env: 'prod' } }, true],
    [{ labels: { env: 'test' } }, false],
    [{ image: 'debian-12', server: 7, user_data: 'x', start_after_create: true, networks: [1] }, true],
  ])('%o can have made it: %s', (body, made) => {
    expect(isMadeBy(item, { name: 'web', ...body }, since)).toBe(made);
  });
});

describe('comesFrom', () => {
  it.each([
    ['servers', 'poweron', 'start_server'],
    ['servers', 'poweroff', 'stop_server'],
    ['servers', 'shutdown', 'shutdown_server'],
    ['servers', 'change_type', 'change_server_type'],
    ['servers', 'create_image', 'create_image'],
    ['servers', 'reset_password', 'reset_password'],
    ['certificates', 'retry', 'issue_certificate'],
    ['volumes', 'attach', 'attach_volume'],
    ['load_balancers', 'change_type', 'change_load_balancer_type'],
  ])('%s %s starts %s and not another', (collection, command, name) => {
    expect(comesFrom(collection, command, name)).toBe(true);
    expect(comesFrom(collection, command, 'reboot_server')).toBe(false);
  });

  it('takes any action for a command that is not known, but those that another command starts', () => {
    expect(comesFrom('servers', 'defragment', 'defragment_server')).toBe(true);
    for (const other of ['start_server', 'create_image', 'create_server', 'delete_server']) {
      expect(comesFrom('servers', 'defragment', other)).toBe(false);
    }
  });

  it('goes by the time too', () => {
    expect(isStartedBy(action(1), 'servers', 'poweron', since)).toBe(true);
    expect(isStartedBy(action(1), 'servers', 'poweron', since + 1)).toBe(false);
  });
});

describe('createStarted', () => {
  it('remembers the actions of any answer, the last thousand', () => {
    const started = createStarted();
    started.note({ action: { id: 1 }, next_actions: [{ id: 2 }, { id: 3 }] });
    started.note({ actions: [{ id: 4 }] });
    expect([1, 2, 3, 4, 5].map(started.has)).toEqual([true, true, true, true, false]);
    for (let id = 10; id < 1010; id += 1) started.note({ action: { id } });
    expect([1, 4, 10, 1009].map(started.has)).toEqual([false, false, true, true]);
  });

  it('takes any body', () => {
    const started = createStarted();
    fc.assert(fc.property(fc.jsonValue(), value => started.note(value) === undefined));
    started.note(undefined);
  });
});
