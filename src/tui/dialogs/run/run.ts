import type { Line } from '../../../drawing/text/span.ts';
import { isRunning, type Run } from '../../state/run.ts';
import type { DialogType } from '../dialog.ts';
import { runCommands } from './commands.ts';
import type { RunDialog } from './dialog.ts';
import { outcomeFoot, outcomeLines } from './outcome.ts';
import { runHead, stepLines, watchLines } from './progress.ts';

/** Also before it had begun. */
const wasCancelled = (run: Run): boolean =>
  run.result?.cancelled === true || run.failure?.code === 'cancelled';

function runTitle(run: Run | null): string {
  if (!run) return 'Run';
  const word = { upgrade: 'Upgrade', downgrade: 'Downgrade', stamp: 'Stamp' }[run.preview.request.command];
  if (run.endedAt === null) return `${word} on ${run.preview.databaseName}`;
  if (wasCancelled(run)) return `${word} cancelled`;
  return run.failure ? `${word} failed` : `${word} done`;
}

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
  body: (_dialog, state, columns): readonly Line[] => {
    if (!state.run) return [];
    const steps = stepLines(state.run, state);
    // how it ended comes first: fifty steps that were rolled back say nothing of why
    return isRunning(state.run) ? steps : [...outcomeLines(state.run, state, columns), [], ...steps];
  },
  foot: (_dialog, state, columns) => {
    if (!state.run) return [];
    return isRunning(state.run) ? watchLines(state.run, state, columns) : outcomeFoot(state.run);
  },
  selected: (_dialog, state) => (isRunning(state.run) && state.run.step !== null ? state.run.step : null),
};
