import type { Backup } from '../../values/backup.ts';
import type { StepResult } from '../../values/run.ts';
import type { Monitor } from '../connect/monitor.ts';
import type { Query } from '../journal/table.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { Guard, LockKeys } from '../lock.ts';
import type { LoadedStep, RunContext, Settings } from './context.ts';
import type { Control } from './control.ts';

/** A run in progress. */
export interface RunState {
  readonly id: string;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly control: Control;
  readonly keys: LockKeys;
  /** Null on PGlite, whose only connection no one else can use. */
  readonly monitor: Monitor | null;
  readonly guard: Guard | null;
  /** Null if runs are not recorded. */
  readonly journal: JournalWriter | null;
  /**
   * Commits immediately: on the second connection if there is one. Must not be used inside a batch on PGlite.
   */
  readonly outside: Query;
  readonly steps: readonly LoadedStep[];
  /** By index of the step; updated during the run. */
  readonly results: StepResult[];
  /** The expected contents of the migrations table: updated when a batch is committed. */
  readonly expected: Set<string>;
  /**
   * The migrations table exists: MikroORM's storage has found or created it, in a batch that was committed.
   */
  tableReady: boolean;
  /**
   * What `contentStatement` returned at the end of this run's last transaction; null: not known, or the table has
   * marks.
   */
  leftTable: string | null;
  /** What a step called has changed the settings: no step is sent before the one before it is done. */
  oneByOne: boolean;
  /** Revisions without a transaction that failed after some statements. */
  readonly halfWay: Set<string>;
  /** Taken before the first batch, if one was requested. */
  readonly backup: Backup | undefined;
}

/** The applied set after these steps. */
export function applySteps(applied: Set<string>, steps: readonly LoadedStep[]): void {
  for (const { revision, action, with: others = [] } of steps) {
    for (const id of [...others, revision]) {
      if (action === 'up' || action === 'log') applied.add(id);
      else applied.delete(id);
    }
  }
}
