import { failureLines } from '../../../drawing/text/failure.ts';
import { headlineOf } from '../../../drawing/text/rehearsal.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { MergeRequest, Rehearsal } from '../../../engine/api.ts';
import { quoteShell } from '../../../foundation/shell.ts';
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
import { prompt } from '../prompt.ts';
import { headsDialog } from './heads.ts';
import { rehearsalLines } from './lines.ts';

/** Heads side by side, and whether they are compatible. */
export interface MergeDialog extends Dialog {
  readonly kind: 'merge';
  readonly heads: readonly string[];
  readonly loaded: Loaded<Rehearsal>;
}

/** Rehearses heads together; with more than two, asks which ones first. */
export function openMerge(state: State, heads: readonly string[], openedBy: string): Change {
  if (heads.length <= 2) return rehearseHeads(state, heads, heads, openedBy);
  const all = heads;
  return only(
    open(
      state,
      headsDialog(heads, openedBy, (next, chosen) => rehearseHeads(next, chosen, all, 'enter')),
    ),
  );
}

function rehearseHeads(
  state: State,
  heads: readonly string[],
  all: readonly string[],
  openedBy: string,
): Change {
  const [asked, ticket, effect] = ask(state, { call: 'rehearse', args: [heads] });
  const dialog: MergeDialog = { kind: 'merge', heads, loaded: { is: 'loading', ticket }, top: 0, openedBy };
  const named = heads.length < all.length ? ` ${heads.map(quoteShell).join(' ')}` : '';
  return [logged(open(asked, dialog), 'command', here(state, `migtui merge${named} --plan`)), [effect]];
}

/** Enter: asks how to continue. Cancel is the default if nothing works; otherwise the option that works. */
export function chooseMerge(state: State, dialog: MergeDialog, key: string): Change {
  if (dialog.loaded.is !== 'ready') return only(state);
  const rehearsal = dialog.loaded.value;
  const { remedies, reconcile } = rehearsal;
  const merge = remedies.find(({ kind }) => kind === 'merge');
  const fits = merge?.ok === true;
  const whyNot = merge?.failed
    ? `an order fails: ${merge.failed.failure.message}`
    : 'the schema depends on the order';
  const drops = reconcile.filter(sql => /\bdrop\s+(?:table|schema|column)\b/i.test(sql)).length;
  const merged = (label: string, itemKey: string, withSql: boolean, about: string): MenuItem => ({
    key: itemKey,
    label,
    about: fits ? about : whyNot,
    danger: !fits || (withSql && drops > 0),
    choose: next => askMessage(next, dialog, fits, reconcile.length > 0 ? withSql : undefined, key),
  });
  const items: MenuItem[] = [
    merged('Merge revision', 'm', false, 'no SQL: the branches stay as they are'),
    ...(reconcile.length === 0
      ? []
      : [
          merged(
            'Merge revision with SQL',
            'r',
            true,
            `${reconcile.length} statement${reconcile.length === 1 ? '' : 's'} that the entities need${drops > 0 ? ` (${drops} drop${drops === 1 ? 's an object' : ' objects'})` : ''}`,
          ),
        ]),
    ...rebases(state, rehearsal, key),
    { key: 'l', label: 'Cancel', about: 'nothing is written', choose: only },
  ];
  const runs = items.findIndex(({ recommended }) => recommended);
  const wanted = fits ? (reconcile.length > 0 && drops === 0 ? 1 : 0) : runs;
  return only(
    open(
      state,
      menu({ title: 'Resolve heads', items, openedBy: key, cursor: wanted < 0 ? items.length - 1 : wanted }),
    ),
  );
}

/** Asks for the message of the merge revision; the file is shown before it is written. */
const askMessage = (
  state: State,
  { heads }: MergeDialog,
  fits: boolean,
  reconcile: boolean | undefined,
  key: string,
): Change =>
  only(
    open(
      state,
      prompt({
        title: 'Merge revision',
        label: 'message',
        text: 'merge heads',
        about: 'Used as the name. You see the file before it is written.',
        openedBy: key,
        accept: (next, message) =>
          draftMerge(next, { heads, message, ...(reconcile !== undefined && { reconcile }) }, fits),
      }),
    ),
  );

const draftMerge = (state: State, request: MergeRequest, fits: boolean): Change =>
  openDraft(
    { ...state, dialogs: state.dialogs.filter(({ kind }) => kind !== 'merge') },
    'Merge revision',
    { call: 'draftMerge', args: [request] },
    mergeCommand(request, !fits),
    'enter',
  );

/** Rebasing one branch onto another, if the rehearsal offers that: its result is that order's. */
function rebases(
  state: State,
  { remedies }: Rehearsal,
  key: string,
): (MenuItem & { readonly recommended: boolean })[] {
  const offered = remedies.filter(({ kind }) => kind === 'rebase');
  // If both orders run, neither is preferred.
  const only = offered.filter(({ ok }) => ok).length === 1;
  return offered.map(({ branch, onto, ok, failed }, index) => {
    const [top, below] = [branch ?? '', onto ?? ''];
    const applied = isApplied(state, top);
    return {
      key: String(index + 1),
      label: `Rebase ${slug(state, top)} onto ${slug(state, below)}`,
      about: failed
        ? `this order fails: ${failed.failure.message}`
        : ok && only
          ? 'the order that runs'
          : 'changes what its first revision revises',
      danger: !ok,
      recommended: ok && only && !applied,
      disabled: applied ? 'already applied here' : null,
      choose: next =>
        openDraft(
          close(next),
          'Rebase',
          { call: 'draftRebase', args: [{ branch: top, onto: below }] },
          rebaseCommand({ branch: top, onto: below }, !ok),
          key,
        ),
    };
  });
}

const slug = (state: State, id: string): string => {
  const row = state.overview && rowsById(state.overview).get(id);
  return row?.slug || row?.shortId || id;
};

const isApplied = (state: State, id: string): boolean =>
  state.overview ? rowsById(state.overview).get(id)?.state === 'applied' : false;

const commands = inDialogs([
  {
    id: 'settle-heads',
    keys: ['enter'],
    where: ['merge'],
    title: 'continue',
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
  tone(dialog, state) {
    if (dialog.loaded.is !== 'ready') return undefined;
    return headlineOf(dialog.loaded.value, id => nameOf(state, id)).tone;
  },
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
          : 'testing the orders on the shadow database …',
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
            { text: ' continue   ' },
            { text: 'Esc', style: 'key' },
            { text: ' close', style: 'dim' },
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
