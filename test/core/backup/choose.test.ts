import { describe, expect, it } from 'vitest';
import { chooseServers, sharedServers } from '../../../src/core/backup/choose.ts';

const servers = [
  { id: 3, name: 'db-1' },
  { id: 1, name: 'web-1' },
  { id: 2, name: 'web-2' },
  { id: 9, name: '3' },
];
const web = servers.slice(1, 3);

function choose(
  spec: { servers?: string[]; selector?: string; exclude?: string[] },
  selected: typeof servers | null = null,
) {
  const { servers: chosen, notices } = chooseServers({ servers: [], exclude: [], ...spec }, { servers, selected });
  return { names: chosen.map(({ name }) => name), notices: notices.map(({ kind, message }) => `${kind}: ${message}`) };
}

describe('the servers of a schedule', () => {
  it('are those named, each once, by name or id, a number an id first', () => {
    expect(choose({ servers: ['web-2', '1', 'web-1'] })).toEqual({ names: ['web-1', 'web-2'], notices: [] });
    expect(choose({ servers: ['3'] }).names).toEqual(['db-1']);
    expect(choose({ servers: ['9'] }).names).toEqual(['3']);
  });

  it('are those selected without the excluded, and those named in any case', () => {
    expect(choose({ selector: 'web', exclude: ['web-2'] }, web)).toEqual({ names: ['web-1'], notices: [] });
    expect(choose({ servers: ['web-2'], selector: 'web', exclude: ['2'] }, web).names).toEqual(['web-1', 'web-2']);
    expect(choose({ servers: ['db-1'], selector: 'web' }, web).names).toEqual(['web-1', 'web-2', 'db-1']);
  });

  it('are reported when a name means none', () => {
    expect(choose({ servers: ['web-1', 'web-3', 'mail'] })).toEqual({
      names: ['web-1'],
      notices: ['unknown: server not found: web-3; did you mean web-1?', 'unknown: server not found: mail'],
    });
    expect(choose({ selector: 'web', exclude: ['mail'] }, web).notices).toEqual([
      'unknown-exclusion: server not found: mail',
    ]);
  });

  it('are reported when the selector selects none, or all', () => {
    expect(choose({ selector: 'env=x' }, [])).toEqual({
      names: [],
      notices: ["selector-empty: 'env=x' selects no server", 'none: the schedule means no server'],
    });
    expect(choose({ selector: '!x' }, servers).notices).toEqual([
      "selector-all: '!x' selects every server, all 4 of them",
    ]);
  });

  it('are reported when exclusions leave none', () => {
    expect(choose({ selector: 'web', exclude: ['web-1', 'web-2'] }, web).notices).toEqual([
      'none: the schedule means no server',
    ]);
  });

  it('are reported when another schedule takes them too', () => {
    const others = [
      { schedule: 'nightly', servers: web },
      { schedule: 'hourly', servers: [{ id: 1, name: 'web-1' }] },
    ];
    expect(sharedServers(servers, others).map(({ message }) => message)).toEqual([
      'server web-1 is backed up by nightly, hourly as well',
      'server web-2 is backed up by nightly as well',
    ]);
    expect(sharedServers([], others)).toEqual([]);
  });
});
