import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { Rehearsal } from '../../../engine/api.ts';
import { here, mergeCommand, rebaseCommand } from '../../state/command-line.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { logged } from '../../state/log.ts';
import type { Dialog, Loaded, State } from '../../state/model.ts';
import { nameOf, rowsById } from '../../state/select.ts';
import { close, open, replace } from '../../state/stack.ts';
import { inDialogs, on, why } from '../commands.ts';
import type { DialogType } from '../dialog.ts';
import { openDraft } from '../draft/dialog.ts';
import { type MenuItem, menu } from '../menu.ts';
import { rehearsalLines } from './lines.ts';

/** Heads side by side, and whether they fit together. */
export interface MergeDialog extends Dialog {
  readonly kind: 'merge';
  readonly heads: readonly string[];
  readonly loaded: Loaded<Rehearsal>;
}

export function openMerge(state: State, heads: readonly string[], openedBy: string): Change {
  const [asked, ticket, effect] = ask(state, { call: 'rehearse', args: [heads] });
  const dialog: MergeDialog = { kind: 'merge', heads, loaded: { is: 'loading', ticket }, top: 0, openedBy };
  return [logged(open(asked, dialog), 'command', here(state, 'migtui merge --plan')), [effect]];
}

/** Enter: what to do about it. Leaving is the default unless they fit. */
export function chooseMerge(state: State, dialog: MergeDialog, key: string): Change {
  if (dialog.loaded.is !== 'ready') return only(state);
  const rehearsal = dialog.loaded.value;
  const items: MenuItem[] = [
    {
      key: 'm',
      label: 'Merge revision',
      about:
        rehearsal.reconcile.length > 0
          ? 'with the reconciling SQL'
          : 'no SQL: both branches stay as they are',
      choose: next => draftMerge(next, dialog, rehearsal, key),
    },
    ...rebases(state, dialog, key),
    { key: 'l', label: 'Cancel', about: 'nothing is written', choose: only },
  ];
  const fits = rehearsal.verdict === 'fits' || rehearsal.verdict === 'overlaps';
  return only(
    open(state, menu({ title: 'Resolve heads', items, openedBy: key, cursor: fits ? 0 : items.length - 1 })),
  );
}

function draftMerge(state: State, dialog: MergeDialog, rehearsal: Rehearsal, key: string): Change {
  const request = { heads: dialog.heads, reconcile: rehearsal.reconcile.length > 0 };
  return openDraft(
    close(state),
    'Merge revision',
    { call: 'draftMerge', args: [request] },
    mergeCommand(request),
    key,
  );
}

/** Putting a branch on top of another, for two heads; only while that branch is not applied here. */
function rebases(state: State, dialog: MergeDialog, key: string): MenuItem[] {
  const [a, b] = dialog.heads;
  if (!a || !b || dialog.heads.length !== 2) return [];
  return (
    [
      [a, b, '1'],
      [b, a, '2'],
    ] as const
  ).map(([branch, onto, shortcut]) => ({
    key: shortcut,
    label: `Rebase ${slug(state, branch)} onto ${slug(state, onto)}`,
    about: 'changes what its first revision revises',
    disabled: isApplied(state, branch) ? 'already applied here' : null,
    choose: next =>
      openDraft(
        close(next),
        'Rebase',
        { call: 'draftRebase', args: [{ branch, onto }] },
        rebaseCommand({ branch, onto }),
        key,
      ),
  }));
}

const slug = (state: State, id: string): string => {
  const row = state.look && rowsById(state.look).get(id);
  return row?.slug || row?.shortId || id;
};

const isApplied = (state: State, id: string): boolean =>
  state.look ? rowsById(state.look).get(id)?.state === 'applied' : false;

const commands = inDialogs([
  {
    id: 'settle-heads',
    keys: ['enter'],
    where: ['merge'],
    title: 'resolve',
    about: 'merge, rebase, or cancel',
    footer: 1,
    disabled: why<MergeDialog>('merge', (_state, dialog) =>
      dialog.loaded.is === 'ready' ? null : 'the test is still running',
    ),
    run: on<MergeDialog>('merge', chooseMerge),
  },
]);

export const mergeType: DialogType<MergeDialog> = {
  kind: 'merge',
  commands,
  scopes: () => ['merge', 'scrolling'],
  title: () => 'Merge',
  tone: dialog =>
    dialog.loaded.is !== 'ready'
      ? undefined
      : dialog.loaded.value.verdict === 'fits'
        ? 'ok'
        : dialog.loaded.value.verdict === 'fails'
          ? 'danger'
          : 'warning',
  width: () => 116,
  body(dialog, state, columns): readonly Line[] {
    const { loaded } = dialog;
    if (loaded.is === 'ready') return rehearsalLines(loaded.value, state, columns);
    if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
    return [
      ...dialog.heads.map(id => line(nameOf(state, id), 'strong')),
      [],
      line(
        state.task
          ? `${state.task.text} ${state.task.done}/${state.task.total}`
          : 'testing both orders on the shadow database …',
        'dim',
      ),
    ];
  },
  foot: dialog =>
    dialog.loaded.is === 'ready'
      ? [
          [],
          [
            { text: ' Enter ', style: 'badge' },
            { text: ' resolve   ' },
            { text: 'Esc', style: 'key' },
            { text: ' cancel', style: 'dim' },
          ],
        ]
      : [],
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    const loaded: Loaded<Rehearsal> = outcome.ok
      ? { is: 'ready', value: outcome.value as Rehearsal }
      : { is: 'failed', failure: outcome.failure };
    return only(replace(state, dialog, { ...dialog, loaded }));
  },
};
