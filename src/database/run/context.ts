import type { SuggestedCommands } from '../../foundation/suggested-commands.ts';
import type { MigrationClass } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import type { Action } from '../../revisions/plans/plan.ts';
import type { Preview, RunEvent, RunOptions } from '../../values/run.ts';
import type { Connection } from '../connect/connection.ts';
import type { Monitor } from '../connect/monitor.ts';
import type { LedgerTable } from '../ledger.ts';
import type { ExecutedStatement } from './observed.ts';

/** Shared by the runs of a fleet: opened and loaded once. */
export interface Shared {
  /** Stays open after a run; null on PGlite. */
  readonly monitor: Monitor | null;
  /** Of the plan that all of them run. */
  readonly steps: readonly LoadedStep[];
  /** What this target's migrations table contained when the plan was made. */
  readonly applied: readonly string[];
  /**
   * Migrations tables, `schema.table`, whose journal has steps of killed runs; undefined: not checked yet
   * whether there is a journal.
   */
  readonly reconcile?: ReadonlySet<string> | undefined;
}

/** The input of a run. */
export interface RunContext {
  readonly project: Project;
  readonly connection: Connection;
  readonly table: LedgerTable;
  readonly preview: Preview;
  readonly options: RunOptions;
  /** Makes the plan again from the current state; undefined: exactly this plan runs, or nothing. */
  readonly replan?: (() => Promise<Preview>) | undefined;
  readonly shared?: Shared | undefined;
  /** For messages about this database. */
  readonly commands: SuggestedCommands;
  readonly emit: (event: RunEvent) => void;
  /** Receives the statements that change something. */
  readonly onStatement?: ((statement: ExecutedStatement) => void) | undefined;
  /** The current revisions of an applied set. */
  readonly tipsOf: (applied: readonly string[]) => readonly string[];
}

/** A step with everything needed to run it. */
export interface LoadedStep {
  /** Index into the plan's steps. */
  readonly index: number;
  readonly revision: string;
  readonly action: Action;
  /** Ids whose rows are written or deleted with its own: those that a squashed revision replaces. */
  readonly with?: readonly string[] | undefined;
  /** Null for steps that only write a log row, and if the `statements` are known. */
  readonly Class: MigrationClass | null;
  /** All its statements, read from a source that only queues them; undefined: its code must run. */
  readonly statements?: readonly string[] | undefined;
  readonly checksum: string | null;
}

/** The settings of a run; times in ms. */
export interface Settings {
  readonly lockWait: number;
  readonly lockTimeout: number;
  /** Null: the server's default. */
  readonly statementTimeout: number | null;
  readonly retries: number;
}

/** The options with their defaults. */
export function settingsOf(options: RunOptions): Settings {
  return {
    lockWait: options.lockWait ?? 60_000,
    lockTimeout: options.lockTimeout ?? 5_000,
    statementTimeout: options.statementTimeout ?? null,
    retries: options.retries ?? 3,
  };
}
