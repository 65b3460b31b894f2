import type { CancelMode, RunResult, SessionEnding } from '../../values/run.ts';

/** A run that has been started. */
export interface Running {
  readonly id: string;
  /** Rejects with a Failure if nothing was run; a failure during the run is in the result. */
  readonly result: Promise<RunResult>;
  /** A second `rollback` forces it. Resolves when the request has been passed on. */
  cancel(mode: CancelMode): Promise<void>;
  /** Ends what blocks the run. @throws Failure `not-blocking` | `cannot-end-session` */
  endSession(pid: number, how: SessionEnding): Promise<void>;
}
