import { migrations } from '../../../src/core/store/migrate.ts';

/** The tables as a later version might change them: with each kind of statement that there is. */
export const newer: readonly (readonly string[])[] = [
  ...migrations,
  [
    'CREATE TABLE teams (id {SERIAL}, name {NAME} NOT NULL UNIQUE) {TABLE}',
    'INSERT INTO teams (name) SELECT name FROM meta',
    'CREATE INDEX audit_by_actor ON audit (actor, at)',
    'ALTER TABLE events ADD COLUMN team {NUMBER}',
    'UPDATE events SET team = at + 1',
  ],
  ['ALTER TABLE teams ADD COLUMN color {NAME}', "UPDATE teams SET color = 'red'"],
];
