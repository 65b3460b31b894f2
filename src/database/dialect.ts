import type { Project } from '../project/project.ts';
import type { Unavailable } from '../values/database-kind.ts';
import type { Connection } from './connection.ts';
import type { Ledger, LedgerTable } from './ledger.ts';
import type { Refusal } from './refusal.ts';
import type { RunContext } from './run/context.ts';
import type { Running } from './run/running.ts';
import type { SettleRequest } from './settle.ts';

/**
 * What differs between databases, for everything that all of them can do. PostgreSQL's is in postgres.ts, those of the
 * others in portable/; `dialectOf` (dialects.ts) chooses.
 */
export interface Dialect {
  /** A transaction takes changes of the schema back. */
  readonly rollsBackSchema: boolean;
  /** A run makes a database that is not there. */
  makesDatabase(project: Project): boolean;
  /** What does not work here; empty for PostgreSQL. */
  readonly unavailable: readonly Unavailable[];
  /** Connects without creating anything, unless `create` says so. */
  connect(project: Project, options?: { readonly create?: boolean }): Promise<Connection | Refusal>;
  /** @param runSchema the schema that migrations run in; default: the project's */
  table(project: Project, runSchema?: string | null): LedgerTable;
  /** Reads what is applied, writing nothing. */
  readLedger(connection: Connection, table: LedgerTable): Promise<Ledger>;
  /** Changes whenever the rows of the migrations table do; cheap, and does not fail for want of the table. */
  fingerprint(connection: Connection, table: LedgerTable): Promise<string>;
  /** Starts running a previewed plan: those steps, in that order, in those batches, or a refusal. */
  startRun(context: RunContext): Promise<Running>;
  /** Makes the migrations table where it is not there yet; tells whether it did. */
  ensureTable(request: Omit<SettleRequest, 'revision' | 'checksum'>): Promise<boolean>;
}
