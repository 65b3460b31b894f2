import { diffLines } from '../../../drawing/text/diff.ts';
import { failureLines } from '../../../drawing/text/failure.ts';
import { bySeverity, findingLines } from '../../../drawing/text/findings.ts';
import { fold } from '../../../drawing/text/fold.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import type { Draft, RevisionRequest } from '../../../engine/api.ts';
import type { FailureInfo } from '../../../foundation/failure.ts';
import { here, revisionCommand } from '../../state/command-line.ts';
import { andThen, ask, type Change, only } from '../../state/effect.ts';
import { heldNotice, isHeld } from '../../state/held.ts';
import { refreshOverview } from '../../state/loading.ts';
import { logged } from '../../state/log.ts';
import type { Dialog, Loaded, State } from '../../state/model.ts';
import { notified, notify, open, replace } from '../../state/stack.ts';
import { inDialogs, on, why } from '../commands.ts';
import type { DialogType } from '../dialog.ts';
import { type MenuDialog, menu } from '../menu.ts';
import { openPlan } from '../plan/plan.ts';
import { type DraftDialog, openDraft } from './dialog.ts';

export function writeDraft(state: State, dialog: DraftDialog, key: string): Change {
  if (isHeld(state, dialog, key)) return notified(state, heldNotice, 'warning');
  if (dialog.loaded.is !== 'ready' || dialog.writing !== null) return only(state);
  const [asked, ticket, effect] = ask(state, { call: 'write', args: [dialog.loaded.value] });
  return [
    logged(replace(asked, dialog, { ...dialog, writing: ticket }), 'command', here(state, dialog.command)),
    [effect],
  ];
}

/** Why it cannot be written; null if it can. */
export function whyNotWrite(state: State, dialog: DraftDialog): string | null {
  if (dialog.loaded.is === 'loading') return 'the files are still being generated';
  if (dialog.loaded.is === 'failed') return 'there is no file to write because of the error';
  if (dialog.loaded.value.files.length === 0) return 'nothing to write';
  if (state.overview?.project.readOnly) return 'opened read-only';
  return dialog.writing === null ? null : 'writing the files';
}

const commands = inDialogs([
  {
    id: 'write',
    keys: ['enter'],
    where: ['draft'],
    title: 'write',
    about: 'write the files that are shown',
    footer: 1,
    disabled: why<DraftDialog>('draft', whyNotWrite),
    run: on<DraftDialog>('draft', writeDraft),
  },
]);

/** The findings of a new revision, shown before it is written. */
function findingsOf({ findings = [] }: Draft, { appearance }: State, columns: number): Line[] {
  const visible = bySeverity(findings).filter(({ severity }) => severity !== 'note');
  const view = { columns, ascii: appearance.ascii, whole: true };
  return visible.length === 0 ? [] : [...visible.flatMap(finding => findingLines(finding, view)), []];
}

export const draftType: DialogType<DraftDialog> = {
  kind: 'draft',
  commands,
  scopes: () => ['draft', 'scrolling'],
  title: dialog => dialog.title,
  width: () => 112,
  head(dialog, _state, columns) {
    if (dialog.loaded.is !== 'ready') return [];
    const { notes, warnings } = dialog.loaded.value;
    const lines = [
      ...notes.flatMap(note => wrap(note, columns).map(text => line(text))),
      ...warnings.flatMap(warning => wrap(`! ${warning}`, columns).map(text => line(text, 'warning'))),
    ];
    return lines.length > 0 ? [...lines, []] : [];
  },
  body(dialog, state, columns) {
    const { loaded } = dialog;
    if (loaded.is === 'loading')
      return [
        line(
          state.task ? `${state.task.text} ${state.task.done}/${state.task.total}` : 'generating …',
          'dim',
        ),
      ];
    if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
    if (loaded.value.files.length === 0) return [line('No file changes.', 'ok')];
    const files = loaded.value.files.flatMap((file, index): Line[] => [
      ...(index > 0 ? [[]] : []),
      [
        {
          text: file.before === null ? 'new  ' : file.after === null ? 'drop ' : 'edit ',
          style: file.after === null ? 'removed' : 'added',
        },
        { text: file.path, style: 'strong' },
      ],
      ...diffLines(file).flatMap(one => fold(one, columns, 4)),
    ]);
    return [...findingsOf(loaded.value, state, columns), ...files];
  },
  foot(dialog, state) {
    if (dialog.loaded.is !== 'ready') return [];
    if (dialog.writing !== null) return [[], line('writing …', 'dim')];
    const why = whyNotWrite(state, dialog);
    if (why) return [[], line(why, 'dim')];
    const count = dialog.loaded.value.files.length;
    return [
      [],
      [
        { text: ' Enter ', style: 'badge' },
        { text: ` write ${count === 1 ? 'the file' : `${count} files`}   ` },
        { text: 'Esc', style: 'key' },
        { text: ' close', style: 'dim' },
      ],
    ];
  },
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is === 'loading' && dialog.loaded.ticket === ticket) {
      const loaded: Loaded<Draft> = outcome.ok
        ? { is: 'ready', value: outcome.value as Draft }
        : { is: 'failed', failure: outcome.failure };
      const question = loaded.is === 'failed' ? renameQuestion(dialog, loaded.failure) : null;
      return only(replace(state, dialog, question ?? { ...dialog, loaded }));
    }
    if (dialog.writing !== ticket) return null;
    if (!outcome.ok) {
      return only(
        replace(state, dialog, {
          ...dialog,
          writing: null,
          loaded: { is: 'failed', failure: outcome.failure },
        }),
      );
    }
    return written(state, dialog);
  },
};

/** The files were written: reloads, and offers to open the new file. */
function written(state: State, dialog: DraftDialog): Change {
  const draft = dialog.loaded.is === 'ready' ? dialog.loaded.value : null;
  const paths = draft?.files.map(file => file.path) ?? [];
  const made = draft?.files.find(file => file.before === null)?.path;
  const gone: State = {
    ...state,
    // The dialogs below were created before these files.
    dialogs: state.dialogs.filter(one => one !== dialog && !isStale(one)),
    ...(draft?.revision && { goTo: draft.revision, focus: 'history' as const, list: 'history' as const }),
  };
  const afterLog = logged(notify(gone, `wrote ${paths.join(', ')}`), 'info', `wrote ${paths.join(', ')}`);
  if (isFromDrift(dialog) && draft?.revision)
    return andThen(
      openPlan(afterLog, { command: 'stamp', targets: [draft.revision] }, 'enter'),
      refreshOverview,
    );
  const next = draft?.kind === 'revision' && made ? open(afterLog, offerEditor(made)) : afterLog;
  return andThen(only(next), refreshOverview);
}

/** The database already has the changes of the revision: it must be marked as applied. */
const isFromDrift = ({ call }: DraftDialog): boolean =>
  call.call === 'draftRevision' && call.args[0].fromDrift === true;

const isStale = ({ kind }: Dialog): boolean =>
  ['plan', 'rehearsal', 'check', 'revision', 'squash'].includes(kind);

const offerEditor = (file: string) =>
  menu({
    title: 'Written',
    text: file,
    openedBy: 'enter',
    items: [
      { key: 'c', label: 'Close', choose: only },
      { key: 'e', label: 'Open in the editor', choose: state => [state, [{ type: 'edit', file }]] },
    ],
  });

/** Asks about possible renames, one pair at a time. Null for any other failure. */
function renameQuestion(
  { call, title, openedBy }: DraftDialog,
  { code, candidates = [] }: FailureInfo,
): MenuDialog | null {
  const [candidate] = candidates;
  if (code !== 'rename-or-not' || call.call !== 'draftRevision' || candidate === undefined) return null;
  const [request] = call.args;
  const again =
    (more: Partial<RevisionRequest>) =>
    (state: State): Change => {
      const next: RevisionRequest = { ...request, ...more };
      return openDraft(
        state,
        title,
        { call: 'draftRevision', args: [next] },
        revisionCommand(next),
        openedBy,
      );
    };
  const [old = '', fresh = ''] = candidate.split(/:(?=[^:]*$)/);
  const place = old.slice(0, old.lastIndexOf('.') + 1);
  return menu({
    title,
    openedBy,
    text: `Is ${place}${fresh} the new name of ${old}?`,
    items: [
      {
        key: 'r',
        label: 'Rename',
        about: 'its data is kept',
        choose: again({ renames: [...(request.renames ?? []), candidate] }),
      },
      {
        key: 'd',
        label: 'Drop and add',
        about: 'its data is lost',
        choose: again({ notRenames: [...(request.notRenames ?? []), candidate] }),
      },
    ],
  });
}
