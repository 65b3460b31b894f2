import type { Action, Step } from './plan.ts';

/** A run of the journal: what it did, and which run it took back or did again. */
export interface PastRun {
  readonly run: string;
  /** The steps that were committed, in the order they ran. */
  readonly steps: readonly Step[];
  readonly undoes?: string | undefined;
  readonly redoes?: string | undefined;
}

/** What `undo` and `redo` are about, as in an editor: the newest run that stands, and the newest that was undone. */
export interface Repeatable {
  readonly undo: PastRun | null;
  /** Null also where something else ran since. */
  readonly redo: PastRun | null;
}

/** @param runs oldest first; those that committed nothing do not count */
export function repeatable(runs: readonly PastRun[]): Repeatable {
  const standing: PastRun[] = [];
  const undone: PastRun[] = [];
  for (const run of runs) {
    if (run.steps.length === 0) continue;
    if (run.undoes !== undefined && standing.at(-1)?.run === run.undoes)
      undone.push(standing.pop() as PastRun);
    else if (run.redoes !== undefined && undone.at(-1)?.run === run.redoes)
      standing.push(undone.pop() as PastRun);
    else {
      standing.push(run);
      undone.length = 0;
    }
  }
  return { undo: standing.at(-1) ?? null, redo: undone.at(-1) ?? null };
}

const opposite: Readonly<Record<Action, Action>> = { up: 'down', down: 'up', log: 'unlog', unlog: 'log' };

/** The steps that take these back. */
export function inverse(steps: readonly Step[]): Step[] {
  return steps.map(({ revision, action }) => ({ revision, action: opposite[action] })).reverse();
}
