import type { Action, Step } from './plan.ts';

/** A run from the journal: what it did, and which run it reverted or repeated. */
export interface PastRun {
  readonly run: string;
  /** The committed steps, in the order in which they ran. */
  readonly steps: readonly Step[];
  readonly undoes?: string | undefined;
  readonly redoes?: string | undefined;
}

/**
 * The runs that `undo` and `redo` refer to, as in an editor: the newest run that is in effect, and the newest
 * undone one.
 */
export interface Repeatable {
  readonly undo: PastRun | null;
  /** Also null if something else ran since. */
  readonly redo: PastRun | null;
}

/** @param runs oldest first; runs that committed nothing are ignored */
export function repeatable(runs: readonly PastRun[]): Repeatable {
  const active: PastRun[] = [];
  const undone: PastRun[] = [];
  for (const run of runs) {
    if (run.steps.length === 0) continue;
    if (run.undoes !== undefined && active.at(-1)?.run === run.undoes) undone.push(active.pop() as PastRun);
    else if (run.redoes !== undefined && undone.at(-1)?.run === run.redoes)
      active.push(undone.pop() as PastRun);
    else {
      active.push(run);
      undone.length = 0;
    }
  }
  return { undo: active.at(-1) ?? null, redo: undone.at(-1) ?? null };
}

const opposite: Readonly<Record<Action, Action>> = { up: 'down', down: 'up', log: 'unlog', unlog: 'log' };

/** The steps that revert these. */
export function inverse(steps: readonly Step[]): Step[] {
  return steps.map(({ revision, action }) => ({ revision, action: opposite[action] })).reverse();
}
