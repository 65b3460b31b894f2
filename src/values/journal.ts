import type { Action, Plan } from '../revisions/plan.ts';
import type { Backup } from './backup.ts';

/*
 * What was run, as the journal remembers it.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 * Times are ISO 8601 strings, durations milliseconds, revisions ids (MikroORM's migration names).
 */

/** What is kept with the plan of a run, beside its steps. */
export interface RunNotes {
  /** The backup that was taken before the run, when one was asked for. */
  readonly backup?: Backup | undefined;
  /** What the run was called with `--tag`. */
  readonly tag?: string | undefined;
  /** The run that this one took back, or did again. */
  readonly undoes?: string | undefined;
  readonly redoes?: string | undefined;
  /** An edited file that a person said is right: its checksums (SHA-256, hex) as it was applied and as it is accepted. */
  readonly accepted?: { readonly before: string; readonly after: string } | undefined;
}

export interface JournalEntry extends RunNotes {
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
  readonly checksum: string | null;
  readonly error: string | null;
}

/**
 * What a person found out. Of a revision that stopped half-way: it is `applied`, or `not-applied`. Of one whose file was
 * edited after it was applied: `accept-edit`, the file is right as it is.
 */
export type Settlement = 'applied' | 'not-applied' | 'accept-edit';
