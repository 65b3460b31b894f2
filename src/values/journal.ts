import type { Action, Plan } from '../revisions/plans/plan.ts';
import type { Backup } from './backup.ts';

/*
 * Past runs from the journal. Plain serializable values: they cross the engine's process boundary and are
 * printed by `--json`. Times are ISO 8601 strings, durations milliseconds, revisions ids (MikroORM's
 * migration names).
 */

/** Stored with the plan of a run, in addition to its steps. */
export interface RunNotes {
  /** The backup before the run, if one was requested. */
  readonly backup?: Backup | undefined;
  /** The value of `--tag`. */
  readonly tag?: string | undefined;
  /** The run that this one reverted or repeated. */
  readonly undoes?: string | undefined;
  readonly redoes?: string | undefined;
  /**
   * An edited file that a user accepted: its checksums (SHA-256, hex) when it was applied and when it was
   * accepted.
   */
  readonly accepted?: { readonly before: string; readonly after: string } | undefined;
}

export interface JournalEntry extends RunNotes {
  readonly run: string;
  readonly revision: string;
  readonly action: Action;
  /** `started` means that no outcome was recorded, for example because the process was killed. */
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
  readonly checksum: string | null;
  readonly error: string | null;
}

/**
 * The user's decision. For an interrupted revision: `applied` or `not-applied`. For a file that was edited
 * after it was applied: `accept-edit`, the file is correct.
 */
export type Resolution = 'applied' | 'not-applied' | 'accept-edit';
