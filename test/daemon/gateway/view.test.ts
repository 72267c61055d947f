import { describe, expect, it } from 'vitest';
import { narrowSelector, widenSelector } from '../../../src/daemon/gateway/selectors.ts';
import { ownerOf } from '../../../src/daemon/gateway/view.ts';
import { belongingsOf, clientView } from './views.ts';

const belongings = belongingsOf({ servers: [1] });
const owner = (type: string, item: object) => ownerOf(belongings, 1, type, { id: 99, ...item });

describe('whose something is', () => {
  it('is as the store has it, whatever its label says', () => {
    expect(owner('servers', { id: 1, labels: { 'cloudctl/owner': 'user-2' } })).toBe('user-1');
    expect(owner('servers', { id: 2, labels: { 'cloudctl/owner': 'user-1' } })).toBeUndefined();
  });

  it('is known before the answer of its creation came, by the label of the request', () => {
    expect(owner('servers', { labels: { 'cloudctl/request': 'request-servers' } })).toBe('user-1');
    expect(owner('volumes', { labels: { 'cloudctl/request': 'request-servers' } })).toBeUndefined();
  });

  it('is that of its server for an image or a primary IP that nobody was entered for', () => {
    expect(owner('images', { bound_to: 1 })).toBe('user-1');
    expect(owner('images', { bound_to: null, created_from: { id: 1 } })).toBe('user-1');
    expect(owner('images', { bound_to: null, created_from: { id: 2 } })).toBeUndefined();
    expect(owner('primary_ips', { assignee_type: 'server', assignee_id: 1 })).toBe('user-1');
  });
});

describe('what a client sees', () => {
  const view = clientView({ servers: [1], images: [7] });
  it('is its own, and what is everybody’s', () => {
    expect(view.sees('servers', { id: 1 })).toBe(true);
    expect(view.sees('servers', { id: 2 })).toBe(false);
    expect(view.sees('images', { id: 8, type: 'system' })).toBe(true);
    expect(view.sees('images', { id: 8, type: 'snapshot' })).toBe(false);
    expect(view.sees('images', { id: 7, type: 'snapshot' })).toBe(true);
    expect(view.sees('locations', { id: 1 })).toBe(true);
    expect(view.sees('isos', { id: 1, type: 'private' })).toBe(false);
  });
});

describe('a label selector of a client', () => {
  it.each(['env=prod', 'env in (a,b)', '', '!x,y'])('reaches its own only, and is shown as it was given: %j', given => {
    const narrowed = narrowSelector(given, ['user-1', 'team-web']);
    expect(narrowed).toMatch(/cloudctl\/owner in \(user-1,team-web\)$/);
    expect(widenSelector(narrowed)).toBe(given);
    expect(widenSelector(narrowSelector(given, ['user-1']))).toBe(given);
  });

  it.each(['env in (a', 'a=b)', 'cloudctl/owner=user-2', '!cloudctl/owner', 'a b'])(
    'is refused where what is added would not hold: %j',
    given => {
      expect(() => narrowSelector(given, ['user-1'])).toThrow(/label_selector/);
    },
  );
});
