import type { InterruptedRevision } from '../values/overview.ts';

/** The state of one target in its database. */
export interface TargetState {
  /** `absent` is normal for a new schema; `gone`: the schema itself does not exist. */
  readonly table: 'present' | 'absent' | 'gone';
  /** In the order in which they were logged. */
  readonly applied: readonly string[];
  /** Revisions that started outside a transaction and did not finish. */
  readonly halfWay: readonly Pick<InterruptedRevision, 'revision' | 'action'>[];
  /** Applied revisions whose file has changed. */
  readonly edited: readonly string[];
  /** The fingerprint of the schema; undefined: not requested. */
  readonly print?: string | undefined;
  /** A run holds its lock. */
  readonly running: boolean;
  /** For a whole database: its size in pages, from PostgreSQL's statistics. */
  readonly pages?: number | undefined;
}
