import type { DatabaseSync } from 'node:sqlite';

/** Opens a SQLite database file of migtui's own, a lock, without Node's warning that SQLite is experimental. */
export function openSqlite(path: string): DatabaseSync {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const sqlite = process.getBuiltinModule('node:sqlite');
    return new sqlite.DatabaseSync(path);
  } finally {
    process.emitWarning = emitWarning;
  }
}
