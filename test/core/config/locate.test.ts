import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../src/core/config/locate.ts';

const text = `active_context = "a"

[preferences]
debug = true
sort.server = ["id"]
[preferences.columns]
"ssh_key" = ["id"]

[[contexts]]
name = "a"
[contexts.preferences]
quiet = 1
[[contexts]]
name = "b"
  [contexts.preferences]
    quiet = 2
inline = { x = 1 }
`;

describe('the line of a value', () => {
  it.each([
    [['active_context'], 1],
    [['preferences'], 3],
    [['preferences', 'debug'], 4],
    [['preferences', 'sort', 'server'], 5],
    [['preferences', 'columns', 'ssh_key'], 7],
    [['contexts', 0], 9],
    [['contexts', 0, 'name'], 10],
    [['contexts', 0, 'preferences', 'quiet'], 12],
    [['contexts', 1], 13],
    [['contexts', 1, 'preferences', 'quiet'], 16],
    [['contexts', 1, 'preferences', 'inline', 'x'], undefined],
    [['missing'], undefined],
  ])('%j is %s', (path, line) => {
    expect(lineOf(text, path)).toBe(line);
  });
});
