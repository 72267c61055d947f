import { Failure } from '../failure.ts';
import { begin } from './migrations/001-begin.ts';
import { alerts } from './migrations/002-alerts.ts';
import { checks } from './migrations/003-checks.ts';
import { gateway } from './migrations/004-gateway.ts';
import { pending } from './migrations/005-pending.ts';
import type { Dialect } from './store.ts';

/** Every change of the tables, in order; a released one is never edited. */
export const migrations: readonly (readonly string[])[] = [begin, alerts, checks, gateway, pending];

const words: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  sqlite: {
    SERIAL: 'INTEGER PRIMARY KEY AUTOINCREMENT',
    NUMBER: 'INTEGER',
    REAL: 'REAL',
    // As long as MySQL has them, so that what one back end takes the other takes too.
    NAME: 'TEXT CHECK (octet_length(%) <= 255)',
    TEXT: 'TEXT',
    TABLE: 'STRICT',
  },
  // Bytes, since every collation that MySQL and MariaDB share pads or folds when it compares.
  mysql: {
    SERIAL: 'BIGINT AUTO_INCREMENT PRIMARY KEY',
    NUMBER: 'BIGINT',
    REAL: 'DOUBLE',
    NAME: 'VARBINARY(255)',
    TEXT: 'LONGTEXT',
    TABLE: 'ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  },
};

/** The statements of one migration in a dialect; `%` in a word is the column that it stands behind. */
export function statementsOf(migration: readonly string[], dialect: Dialect): string[] {
  return migration.map(text =>
    text.replace(/(\w*) \{(\w+)\}/g, (_all, column: string, word: string) => {
      return `${column} ${words[dialect][word]!.replace('%', column)}`;
    }),
  );
}

/** Throws `usage` for a database at a version of its tables that only a newer program knows. */
export function requireKnown(version: number, where: string, known = migrations.length): void {
  if (version <= known) return;
  throw new Failure('usage', `${where} was written by a newer cloudctl (version ${version} of its tables)`, {
    hint: `This one knows versions up to ${known}: install the newer one again, or restore a copy from before`,
  });
}
