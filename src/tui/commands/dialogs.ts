import type { Dialog } from '../dialogs/dialog.ts';
import { whyNotWrite, writeDraft } from '../dialogs/draft.ts';
import { choose } from '../dialogs/menu.ts';
import { chooseMerge } from '../dialogs/merge.ts';
import { paletteRows, runFromPalette } from '../dialogs/palette.ts';
import { confirmPlan, openPlan, toggleStep } from '../dialogs/plan.ts';
import { type PlanDialog, whyNotRun } from '../dialogs/plan-rules.ts';
import { acceptRevision } from '../dialogs/revision.ts';
import { askCancel } from '../dialogs/run.ts';
import { pageOf, revealSelected, scrollDialog, scrollDialogTo, scrolls } from '../dialogs/scrolling.ts';
import { close, replaceTop, topDialog } from '../dialogs/stack.ts';
import { acceptTarget, candidatesOf, complete, retarget, type TargetDialog } from '../dialogs/target.ts';
import { scriptOf } from '../panes/detail/sql-tab.ts';
import { type Change, only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { rowsById } from '../state/select.ts';
import type { Command } from './command.ts';
import { commandOf } from './headless.ts';
import { copied } from './looking.ts';

type Kind = Dialog['kind'];
type Of<K extends Kind> = Extract<Dialog, { kind: K }>;

/** Runs `act` with the top dialog when it is of this kind. */
const on =
  <K extends Kind>(kind: K, act: (state: State, dialog: Of<K>, key: string) => Change) =>
  (state: State, key: string): Change => {
    const dialog = topDialog(state);
    return dialog?.kind === kind ? act(state, dialog as Of<K>, key) : only(state);
  };

const why =
  <K extends Kind>(kind: K, reason: (state: State, dialog: Of<K>) => string | null) =>
  (state: State): string | null => {
    const dialog = topDialog(state);
    return dialog?.kind === kind ? reason(state, dialog as Of<K>) : null;
  };

const wrapped = (cursor: number, length: number): number => (length === 0 ? 0 : (cursor + length) % length);

function moveChoice(by: number) {
  return (state: State): Change => {
    const dialog = topDialog(state);
    if (dialog?.kind === 'menu')
      return only(replaceTop(state, { ...dialog, cursor: wrapped(dialog.cursor + by, dialog.items.length) }));
    if (dialog?.kind === 'palette')
      return only(
        replaceTop(state, {
          ...dialog,
          cursor: wrapped(dialog.cursor + by, paletteRows(state, dialog).length),
        }),
      );
    return only(state);
  };
}

const moveStep = (by: number) =>
  on('plan', (state, dialog) => {
    const steps = dialog.loaded.is === 'ready' ? dialog.loaded.value.steps.length : 0;
    const moved = replaceTop(state, {
      ...dialog,
      cursor: Math.max(0, Math.min(steps - 1, dialog.cursor + by)),
    });
    return only(revealSelected(moved));
  });

const moveCandidate = (by: number) =>
  on('target', (state, dialog: TargetDialog) => {
    const count = candidatesOf(dialog, state).length;
    if (count === 0) return only(state);
    const at = dialog.cursor === null ? (by > 0 ? 0 : count - 1) : dialog.cursor + by;
    return retarget(state, { ...dialog, cursor: at < 0 || at >= count ? null : at });
  });

const allSteps = (dialog: PlanDialog): PlanDialog => {
  const steps = dialog.loaded.is === 'ready' ? dialog.loaded.value.steps : [];
  const open = dialog.unfolded.size < steps.length;
  return { ...dialog, unfolded: new Set(open ? steps.keys() : []) };
};

function retry(state: State, key: string): Change {
  const request = state.run?.preview.request;
  return request ? openPlan(close(state), request, key) : only(state);
}

function failedFile(state: State): string | null {
  const failed = state.run?.steps.find(step => step.status === 'failed');
  return (failed && state.look && rowsById(state.look).get(failed.revision)?.file) || null;
}

function copyFailure(state: State): Change {
  const failure = state.run?.failure;
  if (!failure) return only(state);
  const { sql } = failure;
  return copied(
    state,
    [failure.message, sql?.sqlState, sql?.detail, sql?.hint, sql?.statement].filter(Boolean).join('\n'),
    'the error',
  );
}

const hasFailed = (state: State): string | null => (state.run?.failure ? null : 'nothing failed');

export const dialogCommands: readonly Command[] = [
  // the plan
  {
    id: 'confirm',
    keys: ['enter'],
    where: ['plan'],
    title: 'run it',
    about: 'run exactly this plan',
    group: 'In dialogs',
    footer: 1,
    danger: true,
    keyOnly: true,
    disabled: why('plan', whyNotRun),
    run: on('plan', confirmPlan),
  },
  {
    id: 'next-step',
    keys: ['down', 'j'],
    where: ['plan'],
    title: 'next step',
    about: 'the next step of the plan',
    group: 'In dialogs',
    keyOnly: true,
    run: moveStep(1),
  },
  {
    id: 'previous-step',
    keys: ['up', 'k'],
    where: ['plan'],
    title: 'previous step',
    about: 'the step before',
    group: 'In dialogs',
    keyOnly: true,
    run: moveStep(-1),
  },
  {
    id: 'step-sql',
    keys: ['tab', 'space', 'l', 'right'],
    where: ['plan'],
    title: 'SQL',
    about: 'show or hide the SQL of the step',
    group: 'In dialogs',
    footer: 2,
    keyOnly: true,
    run: on('plan', (state, dialog) => only(replaceTop(state, toggleStep(dialog)))),
  },
  {
    id: 'all-sql',
    keys: ['shift+tab', 'a'],
    where: ['plan'],
    title: 'all SQL',
    about: 'show or hide the SQL of every step',
    group: 'In dialogs',
    footer: 3,
    keyOnly: true,
    run: on('plan', (state, dialog) => only(replaceTop(state, allSteps(dialog)))),
  },
  {
    id: 'copy-plan',
    keys: ['y'],
    where: ['plan'],
    title: 'copy command',
    about: 'copy the command that shows this plan',
    group: 'In dialogs',
    footer: 4,
    keyOnly: true,
    run: on('plan', (state, dialog) => copied(state, commandOf(dialog.request, false), 'the command')),
  },
  {
    id: 'copy-sql',
    keys: ['Y'],
    where: ['plan'],
    title: 'copy SQL',
    about: 'copy the SQL of every step',
    group: 'In dialogs',
    keyOnly: true,
    run: on('plan', (state, dialog) =>
      dialog.loaded.is === 'ready'
        ? copied(state, scriptOf(dialog.loaded.value.steps.flatMap(step => step.preview.sql)), 'the SQL')
        : only(state),
    ),
  },
  // where to
  {
    id: 'accept-target',
    keys: ['enter'],
    where: ['target'],
    title: 'plan',
    about: 'show the plan in full',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    run: on('target', acceptTarget),
  },
  {
    id: 'next-candidate',
    keys: ['down', 'ctrl+n'],
    where: ['target'],
    title: 'choose',
    about: 'the next of what is offered',
    group: 'In dialogs',
    footer: 3,
    keyOnly: true,
    run: moveCandidate(1),
  },
  {
    id: 'previous-candidate',
    keys: ['up', 'ctrl+p'],
    where: ['target'],
    title: 'choose',
    about: 'the one before',
    group: 'In dialogs',
    keyOnly: true,
    run: moveCandidate(-1),
  },
  {
    id: 'complete',
    keys: ['tab'],
    where: ['target'],
    title: 'complete',
    about: 'take what is offered into the line',
    group: 'In dialogs',
    footer: 2,
    keyOnly: true,
    run: on('target', complete),
  },
  {
    id: 'purge',
    keys: ['ctrl+x'],
    where: ['target'],
    title: 'purge',
    about: 'when stamping: forget every other row first',
    group: 'In dialogs',
    footer: 4,
    danger: true,
    keyOnly: true,
    disabled: why('target', (_state, dialog) =>
      dialog.command === 'stamp' ? null : 'only a stamp can purge',
    ),
    run: on('target', (state, dialog) => retarget(state, { ...dialog, purge: !dialog.purge })),
  },
  // a run
  {
    id: 'cancel-run',
    keys: ['c'],
    where: ['run'],
    title: 'cancel',
    about: 'cancel and roll back, or stop after this step',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    run: askCancel,
  },
  {
    id: 'retry',
    keys: ['r'],
    where: ['outcome'],
    title: 'try again',
    about: 'make the plan anew',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    disabled: hasFailed,
    run: retry,
  },
  {
    id: 'edit-failed',
    keys: ['e'],
    where: ['outcome'],
    title: 'edit',
    about: 'open the revision that failed in your editor',
    group: 'In dialogs',
    footer: 2,
    keyOnly: true,
    disabled: state => (failedFile(state) === null ? 'there is no file to edit' : null),
    run: state => [state, [{ type: 'edit', file: failedFile(state) ?? '' }]],
  },
  {
    id: 'copy-error',
    keys: ['y'],
    where: ['outcome'],
    title: 'copy error',
    about: "copy PostgreSQL's words and the statement",
    group: 'In dialogs',
    footer: 3,
    keyOnly: true,
    disabled: hasFailed,
    run: copyFailure,
  },
  {
    id: 'close-outcome',
    keys: ['enter'],
    where: ['outcome'],
    title: 'close',
    about: 'close',
    group: 'In dialogs',
    keyOnly: true,
    run: state => only(close(state)),
  },
  // menus and the palette
  {
    id: 'next-item',
    keys: ['down', 'tab', 'ctrl+n'],
    where: ['choosing'],
    title: 'next',
    about: 'the next item',
    group: 'In dialogs',
    keyOnly: true,
    run: moveChoice(1),
  },
  {
    id: 'previous-item',
    keys: ['up', 'shift+tab', 'ctrl+p'],
    where: ['choosing'],
    title: 'previous',
    about: 'the item before',
    group: 'In dialogs',
    keyOnly: true,
    run: moveChoice(-1),
  },
  {
    id: 'next-menu-item',
    keys: ['j'],
    where: ['menu'],
    title: 'next',
    about: 'the next item',
    group: 'In dialogs',
    keyOnly: true,
    run: moveChoice(1),
  },
  {
    id: 'previous-menu-item',
    keys: ['k'],
    where: ['menu'],
    title: 'previous',
    about: 'the item before',
    group: 'In dialogs',
    keyOnly: true,
    run: moveChoice(-1),
  },
  {
    id: 'choose',
    keys: ['enter'],
    where: ['menu'],
    title: 'choose',
    about: 'take the item under the cursor',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    run: on('menu', (state, dialog, key) => choose(state, dialog, dialog.cursor, key)),
  },
  {
    id: 'run-command',
    keys: ['enter'],
    where: ['palette'],
    title: 'do it',
    about: 'run the command under the cursor',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    run: on('palette', (state, dialog) => runFromPalette(state, dialog, dialog.cursor)),
  },
  // files
  {
    id: 'write',
    keys: ['enter'],
    where: ['draft'],
    title: 'write',
    about: 'write the files that are shown',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    disabled: why('draft', whyNotWrite),
    run: on('draft', writeDraft),
  },
  {
    id: 'make-draft',
    keys: ['enter'],
    where: ['revision'],
    title: 'show the file',
    about: 'make the draft and show it',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    run: on('revision', acceptRevision),
  },
  {
    id: 'settle-heads',
    keys: ['enter'],
    where: ['merge'],
    title: 'settle',
    about: 'merge, put one on top of the other, or leave it',
    group: 'In dialogs',
    footer: 1,
    keyOnly: true,
    disabled: why('merge', (_state, dialog) =>
      dialog.loaded.is === 'ready' ? null : 'the rehearsal is not done',
    ),
    run: on('merge', chooseMerge),
  },
  {
    id: 'copy-text',
    keys: ['y'],
    where: ['text'],
    title: 'copy',
    about: 'copy the text',
    group: 'In dialogs',
    footer: 2,
    keyOnly: true,
    disabled: why('text', (_state, dialog) => (dialog.copy === null ? 'there is nothing to copy' : null)),
    run: on('text', (state, dialog) => copied(state, dialog.copy ?? '', 'the text')),
  },
  // all of them
  {
    id: 'scroll-down',
    keys: ['down', 'j'],
    where: ['scrolling'],
    title: 'scroll',
    about: 'one line down',
    group: 'In dialogs',
    footer: 50,
    keyOnly: true,
    hidden: state => !scrolls(state),
    run: state => scrollDialog(state, 1),
  },
  {
    id: 'scroll-up',
    keys: ['up', 'k'],
    where: ['scrolling'],
    title: 'scroll up',
    about: 'one line up',
    group: 'In dialogs',
    keyOnly: true,
    run: state => scrollDialog(state, -1),
  },
  {
    id: 'scroll-page-down',
    keys: ['pagedown', 'space', 'ctrl+d'],
    where: ['scrolling'],
    title: 'page',
    about: 'one page down',
    group: 'In dialogs',
    keyOnly: true,
    run: state => scrollDialog(state, pageOf(state)),
  },
  {
    id: 'scroll-page-up',
    keys: ['pageup', 'ctrl+u'],
    where: ['scrolling'],
    title: 'page up',
    about: 'one page up',
    group: 'In dialogs',
    keyOnly: true,
    run: state => scrollDialog(state, -pageOf(state)),
  },
  {
    id: 'scroll-top',
    keys: ['g', 'home'],
    where: ['scrolling'],
    title: 'top',
    about: 'to the first line',
    group: 'In dialogs',
    keyOnly: true,
    run: state => scrollDialogTo(state, 0),
  },
  {
    id: 'scroll-bottom',
    keys: ['G', 'end'],
    where: ['scrolling'],
    title: 'bottom',
    about: 'to the last line',
    group: 'In dialogs',
    keyOnly: true,
    run: state => scrollDialogTo(state, Number.MAX_SAFE_INTEGER),
  },
  {
    id: 'leave',
    keys: ['esc', 'q'],
    where: ['dialog'],
    title: 'leave',
    about: 'close it with nothing done',
    group: 'In dialogs',
    footer: 60,
    keyOnly: true,
    run: state => only(close(state)),
  },
];
