import type { Action, Backup, CancelMode, Preview, RunEvent, RunResult, Session } from '../../engine/api.ts';
import type { FailureInfo } from '../../foundation/failure.ts';

/** `unknown`: whether its batch was committed is unknown. */
export type StepStatus = 'waiting' | 'running' | 'done' | 'failed' | 'rolled back' | 'not run' | 'unknown';

export interface RunStep {
  readonly revision: string;
  readonly action: Action;
  readonly status: StepStatus;
  readonly ms: number | null;
  /** Number of completed statements. */
  readonly statements: number;
}

type Watch = Extract<RunEvent, { kind: 'watch' }>;
type Retry = Extract<RunEvent, { kind: 'retry' }>;

/** A run in the app, from its confirmation until it is dismissed. Times are milliseconds. */
export interface Run {
  readonly preview: Preview;
  /** Of the call; its result ends the run even without an event. */
  readonly ticket: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly steps: readonly RunStep[];
  /** The committed batches. */
  readonly committed: readonly number[];
  readonly step: number | null;
  readonly stepAt: number;
  readonly statement: string | null;
  readonly statementAt: number;
  /** The holder of the run lock. */
  readonly waiting: { readonly holder: Session | null; readonly since: number } | null;
  /** The number of the current attempt of the batch. */
  readonly attempt: number;
  /** The maximum number of attempts, once a batch was retried. */
  readonly tries: number | null;
  readonly retry: (Retry & { readonly at: number }) | null;
  readonly watch: Watch | null;
  /** The backup being written, in bytes, and the size of the database. */
  readonly backup: { readonly bytes: number; readonly of: number | null } | null;
  /** The backup taken before the first step. */
  readonly backedUp: Backup | null;
  /** Warnings during the run. */
  readonly notices: readonly string[];
  /** The blockers whose statement was cancelled: the next step is to end their session. */
  readonly cancelledBlockers: readonly number[];
  readonly cancel: CancelMode | null;
  /** The engine has accepted the request to cancel. */
  readonly cancelAccepted: boolean;
  readonly result: RunResult | null;
  readonly failure: FailureInfo | null;
}

export const isRunning = (run: Run | null): run is Run & { readonly endedAt: null } =>
  run !== null && run.endedAt === null;

export function startRun(preview: Preview, ticket: number, now: number): Run {
  return {
    preview,
    ticket,
    startedAt: now,
    endedAt: null,
    steps: preview.steps.map(step => ({
      revision: step.revision,
      action: step.action,
      status: 'waiting',
      ms: null,
      statements: 0,
    })),
    committed: [],
    step: null,
    stepAt: now,
    statement: null,
    statementAt: now,
    waiting: null,
    attempt: 1,
    tries: null,
    retry: null,
    watch: null,
    backup: null,
    backedUp: null,
    notices: [],
    cancelledBlockers: [],
    cancel: null,
    cancelAccepted: false,
    result: null,
    failure: null,
  };
}

/** The run after an event. */
export function follow(run: Run, event: RunEvent, now: number): Run {
  switch (event.kind) {
    case 'waiting':
      return { ...run, waiting: { holder: event.holder, since: now - event.waitedMs } };
    case 'replanned':
      return run;
    case 'backup':
      return { ...run, backup: { bytes: event.bytes, of: event.of } };
    case 'backup-done':
      return { ...run, backup: null, backedUp: event.backup };
    case 'started':
      return { ...run, waiting: null };
    case 'batch':
      return { ...run, attempt: event.attempt, retry: null, waiting: null, steps: reset(run, event.batch) };
    case 'step':
      return {
        ...withStep(run, event.step, { status: 'running', statements: 0 }),
        step: event.step,
        stepAt: now,
        statement: null,
        watch: null,
      };
    case 'statement':
      return { ...run, statement: event.sql, statementAt: now, watch: null };
    case 'statement-done':
      return {
        ...withStep(run, event.step, {
          statements: (run.steps[event.step]?.statements ?? 0) + (event.count ?? 1),
        }),
        statement: null,
        watch: null,
      };
    case 'step-done':
      return { ...withStep(run, event.step, { status: 'done', ms: event.ms }), statement: null, watch: null };
    case 'step-failed':
      return {
        ...withStep(run, event.step, { status: 'failed', ms: now - run.stepAt }),
        failure: event.failure,
        watch: null,
      };
    case 'batch-done':
      return { ...run, committed: [...run.committed, event.batch] };
    case 'rolled-back':
      return { ...run, steps: rolledBack(run, event.batch) };
    case 'retry':
      return {
        ...run,
        tries: event.of,
        retry: { ...event, at: now },
        failure: null,
        statement: null,
        watch: null,
      };
    case 'notice':
      return { ...run, notices: [...run.notices, event.message] };
    case 'watch':
      return { ...run, watch: event };
    case 'finished':
      return finish(run, event.result, now);
  }
}

export function finish(run: Run, result: RunResult, now: number): Run {
  return {
    ...run,
    endedAt: run.endedAt ?? now,
    statement: null,
    watch: null,
    waiting: null,
    retry: null,
    backup: null,
    result,
    failure: result.failure,
    steps: run.steps.map((step, index) => {
      const ended = result.steps[index];
      if (!ended) return step;
      const status: StepStatus =
        ended.outcome !== 'failed' && ended.rolledBack ? 'rolled back' : ended.outcome;
      return { ...step, status, ms: ended.outcome === 'not run' && !ended.rolledBack ? null : ended.ms };
    }),
  };
}

/** The run ended without a result: refused before it began, or the engine has exited. */
export function abandon(run: Run, failure: FailureInfo, now: number): Run {
  return {
    ...run,
    endedAt: now,
    failure,
    statement: null,
    watch: null,
    waiting: null,
    retry: null,
    backup: null,
    steps: run.steps.map((step, index) => ({ ...step, status: abandoned(run, step, index) })),
  };
}

function abandoned(run: Run, { status }: RunStep, index: number): StepStatus {
  if (status === 'waiting') return 'not run';
  const open = !run.committed.some(batch => inBatch(run, index, batch));
  return open && (status === 'done' || status === 'running') ? 'unknown' : status;
}

function withStep(run: Run, index: number, change: Partial<RunStep>): Run {
  return { ...run, steps: run.steps.map((step, at) => (at === index ? { ...step, ...change } : step)) };
}

const inBatch = (run: Run, index: number, batch: number): boolean =>
  run.preview.steps[index]?.batch === batch;

/** A batch that is retried starts from its beginning. */
function reset(run: Run, batch: number): readonly RunStep[] {
  return run.steps.map((step, index) =>
    inBatch(run, index, batch) ? { ...step, status: 'waiting' as const, ms: null, statements: 0 } : step,
  );
}

function rolledBack(run: Run, batch: number): readonly RunStep[] {
  return run.steps.map((step, index) =>
    inBatch(run, index, batch) && (step.status === 'done' || step.status === 'running')
      ? { ...step, status: 'rolled back' as const }
      : step,
  );
}
