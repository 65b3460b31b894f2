import { isEmbedded } from '../project/project.ts';
import { connect } from './connect/connection.ts';
import type { Dialect } from './dialect.ts';
import { ledgerTable, readLedger } from './ledger.ts';

/** PostgreSQL, on a server or as PGlite. The code for runs is loaded on first use. */
export const postgres: Dialect = {
  rollsBackSchema: true,
  makesDatabase: ({ ensureDatabase, orm }) => ensureDatabase || isEmbedded(orm),
  unavailable: [],
  connect,
  table: ledgerTable,
  readLedger,
  async fingerprint({ query }, { sql }) {
    const [there] = await query<{ there: boolean }>('select to_regclass($1) is not null as there', [sql]);
    if (!there?.there) return 'absent';
    const [rows] = await query<{ seen: string }>(
      `select count(*) || '/' || coalesce(max(id), 0) as seen from ${sql}`,
    );
    return rows?.seen ?? '';
  },
  startRun: async context => (await import('./run/run.ts')).startRun(context),
  ensureTable: async request => (await import('./ensure-table.ts')).ensureTable(request),
};
