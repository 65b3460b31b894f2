import type { Line } from '../../drawing/text/span.ts';
import type { CancelMode } from '../../engine/api.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { isRunning, type Run } from '../state/run.ts';
import type { DialogBase, DialogPart } from './dialog.ts';
import { menu } from './menu.ts';
import { outcomeFoot, outcomeLines } from './outcome-lines.ts';
import { runHead, stepLines, watchLines } from './run-lines.ts';
import { open } from './stack.ts';

/** A run as it goes, and how it ended. The run itself is in the state: it goes on when this is closed. */
export interface RunDialog extends DialogBase {
  readonly kind: 'run';
}

export const runDialog = (openedBy: string): RunDialog => ({ kind: 'run', top: 0, openedBy });

/** Asks how to cancel; asked again while it is being cancelled, it insists. */
export function askCancel(state: State, openedBy: string): Change {
  const { run } = state;
  if (!isRunning(run)) return only(state);
  const asking = state.dialogs.some(dialog => dialog.kind === 'menu' && dialog.title === cancelTitle);
  if (asking || run.cancel === 'rollback') return cancel(dismissAsking(state), 'rollback');
  return only(
    open(
      state,
      menu({
        title: cancelTitle,
        tone: 'warning',
        openedBy,
        text: 'The run goes on until you choose.',
        items: [
          { key: 'g', label: 'Go on', about: 'let it run', choose: only },
          {
            key: 's',
            label: 'Stop after this step',
            about: 'what is done stays',
            choose: next => cancel(next, 'after-step'),
          },
          {
            key: 'r',
            label: 'Cancel and roll back',
            about: 'the statement in flight and its transaction',
            danger: true,
            choose: next => cancel(next, 'rollback'),
          },
        ],
      }),
    ),
  );
}

const cancelTitle = 'Cancel the run?';

const dismissAsking = (state: State): State => ({
  ...state,
  dialogs: state.dialogs.filter(dialog => !(dialog.kind === 'menu' && dialog.title === cancelTitle)),
});

/** The question whether to cancel makes no sense any more. */
export const withoutCancelQuestion = dismissAsking;

function cancel(state: State, mode: CancelMode): Change {
  if (!isRunning(state.run)) return only(state);
  const [asked, , effect] = ask(state, { call: 'cancel', args: [mode] });
  const words =
    mode === 'rollback' ? 'cancelling: the statement is stopped and rolled back' : 'stopping after this step';
  return [
    logged({ ...asked, run: { ...state.run, cancel: mode, heard: false } }, 'warning', words),
    [effect],
  ];
}

/** Also before it had begun. */
const wasCancelled = (run: Run): boolean =>
  run.result?.cancelled === true || run.failure?.code === 'cancelled';

export function runTitle(run: Run | null): string {
  if (!run) return 'Run';
  const word = { upgrade: 'Upgrade', downgrade: 'Downgrade', stamp: 'Stamp' }[run.preview.request.command];
  if (run.endedAt === null) return `${word} on ${run.preview.databaseName}`;
  if (wasCancelled(run)) return `${word} cancelled`;
  return run.failure ? `${word} failed` : `${word} done`;
}

export const runPart: DialogPart<RunDialog> = {
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
    return [
      ...stepLines(state.run, state),
      ...(isRunning(state.run) ? [] : outcomeLines(state.run, state, columns)),
    ];
  },
  foot: (_dialog, state, columns) => {
    if (!state.run) return [];
    return isRunning(state.run) ? watchLines(state.run, state, columns) : outcomeFoot(state.run);
  },
  selected: (_dialog, state) => (isRunning(state.run) && state.run.step !== null ? state.run.step : null),
};
