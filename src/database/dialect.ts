import type { Project } from '../project/project.ts';
import type { Unavailable } from '../values/database-kind.ts';
import type { Connection } from './connect/connection.ts';
import type { Refusal } from './connect/refusal.ts';
import type { Ledger, LedgerTable } from './ledger.ts';
import type { RevisionChange } from './resolve-revision.ts';
import type { RunContext } from './run/context.ts';
import type { Running } from './run/running.ts';

/**
 * The differences between databases, for all features that every database supports. The one for PostgreSQL is
 * in postgres.ts, the others in portable/; `dialectOf` (dialects.ts) selects one.
 */
export interface Dialect {
  /** Schema changes in a transaction are rolled back. */
  readonly rollsBackSchema: boolean;
  /** A run creates a missing database. */
  makesDatabase(project: Project): boolean;
  /** Unsupported features; empty for PostgreSQL. */
  readonly unavailable: readonly Unavailable[];
  /** Connects without creating anything, unless `create` is true. */
  connect(project: Project, options?: { readonly create?: boolean }): Promise<Connection | Refusal>;
  /** @param runSchema the schema in which migrations run; default: the project's */
  table(project: Project, runSchema?: string | null): LedgerTable;
  /** Reads the applied revisions without writing anything. */
  readLedger(connection: Connection, table: LedgerTable): Promise<Ledger>;
  /** Changes whenever the rows of the migrations table change. Cheap; a missing table is not an error. */
  fingerprint(connection: Connection, table: LedgerTable): Promise<string>;
  /** Starts running a previewed plan: exactly its steps, in its order and batches. Otherwise it refuses. */
  startRun(context: RunContext): Promise<Running>;
  /** Creates the migrations table if it does not exist; returns whether it did. */
  ensureTable(request: Omit<RevisionChange, 'revision' | 'checksum'>): Promise<boolean>;
}
