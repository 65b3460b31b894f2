import type { Action, Plan } from '../revisions/plan.ts';
import type { Backup } from './backup.ts';

/*
 * What was run, as the journal remembers it.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 * Times are ISO 8601 strings, durations milliseconds, revisions ids (MikroORM's migration names).
 */

export interface JournalEntry {
  readonly run: string;
  readonly revision: string;
  readonly action: Action;
  /** `started` means that it never said how it ended (a kill). */
  readonly outcome: 'started' | 'done' | 'failed' | 'rolled back' | 'settled';
  readonly started: string;
  readonly finished: string | null;
  readonly ms: number | null;
  readonly who: {
    readonly databaseUser: string;
    readonly osUser: string;
    readonly host: string;
    readonly version: string;
  };
  readonly plan: Plan;
  /** The backup that was taken before the run, when one was asked for. */
  readonly backup?: Backup | undefined;
  readonly checksum: string | null;
  readonly error: string | null;
}

/** How an unsettled revision is settled: `applied` / `not-applied` write the truth a person found out. */
export type Settlement = 'applied' | 'not-applied';
