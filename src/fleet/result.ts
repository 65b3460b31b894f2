import { Failure } from '../foundation/failure.ts';
import { errorsIn } from '../values/fleet-errors.ts';
import type { FleetOutcome, FleetResult, FleetTargetResult } from '../values/fleet-run.ts';
import type { RunResult } from '../values/run.ts';
import type { Target } from './target.ts';

/** The result of a target, from the value or the error of its run. */
export function resultOf({ name }: Target, ms: number, answer: RunResult | Failure): FleetTargetResult {
  if (answer instanceof Failure) {
    const outcome = answer.code === 'cancelled' ? 'not tried' : 'failed';
    return { target: name, outcome, steps: 0, ms, run: '', failure: answer.info };
  }
  const { steps, failure, run, cancelled, unsettled } = answer;
  const done = steps.filter(({ outcome }) => outcome === 'done').length;
  const outcome: FleetOutcome = failure
    ? cancelled && done === 0 && unsettled.length === 0 && !steps.some(({ changesRemain }) => changesRemain)
      ? 'not tried'
      : 'failed'
    : run === ''
      ? 'there'
      : 'done';
  return { target: name, outcome, steps: done, ms, run, failure };
}

/** The result of a run. @param targets with their schemas or databases, whose names the errors may contain */
export function fleetResult(
  results: readonly FleetTargetResult[],
  targets: ReadonlyMap<string, Target>,
  stopped: string | null,
  ms: number,
): FleetResult {
  const count = (outcome: FleetOutcome): number => results.filter(one => one.outcome === outcome).length;
  return {
    targets: results,
    counts: {
      done: count('done'),
      there: count('there'),
      failed: count('failed'),
      'not tried': count('not tried'),
    },
    errors: errorsIn(results, name => namesOf(targets.get(name))),
    stopped,
    ms,
  };
}

function namesOf(target: Target | undefined): readonly string[] {
  return target ? [target.name, target.schema ?? ''] : [];
}

/** Any error of a run as a failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    { code: 'internal', message, next: 'This is a bug in migtui; please report it with the log.' },
    { cause: error },
  );
}
