import type { Backup } from '../../values/backup.ts';
import type { StepResult } from '../../values/run.ts';
import type { Query } from '../journal/table.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { Guard, LockKeys } from '../lock.ts';
import type { Monitor } from '../monitor.ts';
import type { LoadedStep, RunContext, Settings } from './context.ts';
import type { Control } from './control.ts';

/** A run on its way. */
export interface RunState {
  readonly id: string;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly control: Control;
  readonly keys: LockKeys;
  /** Null on PGlite, whose one connection nobody else can have. */
  readonly monitor: Monitor | null;
  readonly guard: Guard | null;
  /** Null where runs are not journalled. */
  readonly journal: JournalWriter | null;
  /** Commits at once: on the second connection where there is one. Must not be used inside a batch on PGlite. */
  readonly outside: Query;
  readonly steps: readonly LoadedStep[];
  /** By index of the step; replaced as it goes. */
  readonly results: StepResult[];
  /** What the ledger must hold now: changed when a batch is committed. */
  readonly expected: Set<string>;
  /** The migrations table is there: MikroORM's storage has looked, or made it, in a batch that was committed. */
  tableReady: boolean;
  /** Revisions without a transaction that failed with something done. */
  readonly halfWay: Set<string>;
  /** Taken before the first batch, when one was asked for. */
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
