import type { Unsettled } from '../values/look.ts';

/** What a database says of one target. */
export interface Standing {
  /** `absent` is normal for a new schema; `gone`: the schema itself is not there. */
  readonly table: 'present' | 'absent' | 'gone';
  /** In the order they were logged. */
  readonly applied: readonly string[];
  /** Revisions that started outside a transaction and did not finish. */
  readonly halfWay: readonly Pick<Unsettled, 'revision' | 'action'>[];
  /** Applied revisions whose file is another one now. */
  readonly edited: readonly string[];
  /** Identifies what the schema has; undefined: it was not asked for. */
  readonly print?: string | undefined;
  /** A run has its lock. */
  readonly running: boolean;
  /** Of a whole database: how large it is, in pages as PostgreSQL has last counted them. */
  readonly pages?: number | undefined;
}
