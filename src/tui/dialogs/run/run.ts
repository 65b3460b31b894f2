import type { Line } from '../../../drawing/text/span.ts';
import type { FailureInfo, LintReport, RunResult } from '../../../engine/api.ts';
import { answered } from '../../state/answers.ts';
import { verbOf } from '../../state/command-line.ts';
import { andThen, ask, type Change, only } from '../../state/effect.ts';
import { type Answer, loadedOf, type Outcome } from '../../state/message.ts';
import type { State } from '../../state/model.ts';
import { isRunning, type Run } from '../../state/run.ts';
import { notify, replace } from '../../state/stack.ts';
import type { DialogType } from '../dialog.ts';
import { openPlan } from '../plan/plan.ts';
import { runCommands } from './commands.ts';
import type { RunDialog } from './dialog.ts';
import { failedOnRows } from './next-steps.ts';
import { outcomeFoot, outcomeLines } from './outcome.ts';
import { runHead, stepLines, watchLines } from './progress.ts';

/** Also before it has started. */
const wasCancelled = (run: Run): boolean =>
  run.result?.cancelled === true || run.failure?.code === 'cancelled';

function runTitle(run: Run | null): string {
  if (!run) return 'Run';
  const word = verbOf(run.preview.request);
  if (run.endedAt === null) return `${word} on ${run.preview.databaseName}`;
  if (wasCancelled(run)) return `${word} cancelled`;
  return run.failure ? `${word} failed` : `${word} done`;
}

/** A refused run may fail as a call or end with a result that has the reason. */
const failureIn = (outcome: Outcome): FailureInfo | null =>
  outcome.ok ? ((outcome.value as RunResult).failure ?? null) : outcome.failure;

/** Time limit for counting the failing rows of one statement, ms. */
const countingTime = 5_000;

/** A finished run; if it failed on existing rows, they are counted, read-only. */
const countRows = (state: State, dialog: RunDialog, answer: Answer): Change =>
  andThen(answered(state, answer), next => {
    if (!failedOnRows(next.run)) return only(next);
    const [asked, ticket, effect] = ask(next, { call: 'lint', args: [{ withRows: countingTime }] });
    return [replace(asked, dialog, { ...dialog, counted: { is: 'loading', ticket } }), [effect]];
  });

export const runType: DialogType<RunDialog> = {
  kind: 'run',
  commands: runCommands,
  scopes: (_dialog, state) => (isRunning(state.run) ? ['run', 'scrolling'] : ['outcome', 'scrolling']),
  title: (_dialog, state) => runTitle(state.run),
  tone: (_dialog, state) =>
    isRunning(state.run)
      ? undefined
      : state.run && wasCancelled(state.run)
        ? 'warning'
        : state.run?.failure
          ? 'danger'
          : 'ok',
  width: () => 108,
  head: (_dialog, state, columns) => (state.run ? runHead(state.run, state, columns) : []),
  body: (dialog, state, columns): readonly Line[] => {
    if (!state.run) return [];
    const steps = stepLines(state.run, state);
    // The result comes first: fifty rolled back steps do not explain the failure.
    return isRunning(state.run)
      ? steps
      : [...outcomeLines(state.run, dialog.counted, state, columns), [], ...steps];
  },
  foot: (_dialog, state, columns) => {
    if (!state.run) return [];
    return isRunning(state.run) ? watchLines(state.run, state, columns) : outcomeFoot(state.run);
  },
  /** Refused because something changed since the plan was made: shows the new plan for confirmation. */
  answered(dialog, answer, state) {
    const { outcome, ticket } = answer;
    const changed = state.run?.ticket === ticket && failureIn(outcome)?.code === 'plan-changed';
    const request = state.run?.preview.request;
    if (dialog.counted?.is === 'loading' && dialog.counted.ticket === ticket)
      return only(replace(state, dialog, { ...dialog, counted: loadedOf<LintReport>(outcome) }));
    if (state.run?.ticket === ticket && !changed) return countRows(state, dialog, answer);
    if (!changed || !request) return null;
    return andThen(answered(state, answer), next =>
      openPlan(
        notify(
          { ...next, dialogs: next.dialogs.filter(one => one !== dialog) },
          'Something changed since the plan was made. This is the new plan.',
          'warning',
        ),
        request,
        'enter',
      ),
    );
  },
  selected: (_dialog, state) => (isRunning(state.run) && state.run.step !== null ? state.run.step : null),
};
