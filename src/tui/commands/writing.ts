import { quoteShell } from '../../foundation/shell.ts';
import { openDraft } from '../dialogs/draft/dialog.ts';
import { type MenuItem, menu } from '../dialogs/menu.ts';
import { openMerge } from '../dialogs/merge/merge.ts';
import { revisionDialog } from '../dialogs/revision.ts';
import { squashDialog } from '../dialogs/squash.ts';
import type { Command } from '../keymap/command.ts';
import { here } from '../state/command-line.ts';
import { type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { isRevisionPane } from '../state/moving.ts';
import { nameOf, selectedRow } from '../state/select.ts';
import { notified, open } from '../state/stack.ts';

function whyNoFiles(state: State): string | null {
  if (state.link.is === 'lost') return 'the engine stopped: press r to restart it';
  if (!state.overview) return 'the project is not open yet';
  if (state.overview.project.readOnly) return 'opened read-only';
  if (state.overview.project.folder === null)
    return 'this project lists its migrations in code (migrationsList)';
  return null;
}

/** Empty, or from the entities. */
const kinds =
  (head: string | null) =>
  (state: State): Change =>
    only(
      open(
        state,
        menu({
          title: 'New revision',
          openedBy: 'enter',
          text: head === null ? '' : head === 'base' ? 'A new root.' : `Revises ${nameOf(state, head)}.`,
          items: [
            {
              key: 'a',
              label: 'From the entities',
              about: 'autogenerate: what changed in the entities',
              choose: one => only(open(one, revisionDialog('entities', head, 'a'))),
            },
            {
              key: 'e',
              label: 'Empty',
              about: 'write the SQL by hand',
              choose: one => only(open(one, revisionDialog('empty', head, 'e'))),
            },
            ...(head === null ? elsewhere(state) : []),
          ],
        }),
      ),
    );

/** Not on a head: on the selected revision, or as a root. */
function elsewhere(state: State): readonly MenuItem[] {
  const row = isRevisionPane(state.focus) ? selectedRow(state) : null;
  const isBelow = row !== null && row.state !== 'missing' && !state.overview?.heads.includes(row.id);
  return [
    ...(isBelow
      ? [
          {
            key: 'b',
            label: `Branch from ${row.slug || row.shortId}`,
            about: 'the revision under the cursor, which is no head (splice)',
            choose: kinds(row.id),
          },
        ]
      : []),
    {
      key: 'r',
      label: 'New root',
      about: 'a separate line that starts with this revision',
      choose: kinds('base'),
    },
  ];
}

/** On the only head, or on one that is selected. */
function newRevision(state: State, key: string): Change {
  const heads = state.overview?.heads ?? [];
  if (heads.length < 2) return kinds(null)(state);
  return only(
    open(
      state,
      menu({
        title: 'New revision',
        openedBy: key,
        text: `There are ${heads.length} heads. Which one should it revise?`,
        items: [
          ...heads.map((id, index) => ({
            key: index < 9 ? String(index + 1) : undefined,
            label: nameOf(state, id),
            choose: kinds(id),
          })),
          ...elsewhere(state),
          { key: 'm', label: 'Merge them first', choose: next => openMerge(next, heads, 'enter') },
        ],
      }),
    ),
  );
}

/** Up to the selected revision, or to the head. */
function squash(state: State, key: string): Change {
  const row = isRevisionPane(state.focus) ? selectedRow(state) : null;
  const to = row && row.state !== 'missing' ? row.shortId : 'head';
  return only(open(state, squashDialog(to, key)));
}

function edit(state: State): Change {
  const row = selectedRow(state);
  if (!row?.file) return notified(state, 'no file to edit', 'warning');
  const { file } = row;
  const go = (next: State): Change => [
    logged(next, 'command', here(next, `migtui edit ${quoteShell(row.id)}`)),
    [{ type: 'edit', file }],
  ];
  if (row.state !== 'applied') return go(state);
  return only(
    open(
      state,
      menu({
        title: 'Edit an applied revision?',
        tone: 'warning',
        openedBy: 'e',
        text: 'It is already applied here, and changes to it will not run on this database. Usually a new revision is the better way.',
        items: [
          { key: 'l', label: 'Cancel', choose: only },
          { key: 'w', label: 'Edit anyway', danger: true, choose: go },
        ],
      }),
    ),
  );
}

export const writingCommands: readonly Command[] = [
  {
    id: 'new',
    keys: ['n'],
    where: ['panes'],
    title: 'new',
    about: 'create a revision, empty or from the entities',
    group: 'Write revisions',
    footer: 11,
    disabled: whyNoFiles,
    run: newRevision,
  },
  {
    id: 'merge',
    keys: ['m'],
    where: ['panes'],
    title: 'merge',
    about: 'merge several heads, after testing them together',
    group: 'Write revisions',
    footer: 10,
    disabled: state =>
      whyNoFiles(state) ??
      ((state.overview?.heads.length ?? 0) < 2 ? 'only one head: nothing to merge' : null),
    run: (state, key) => openMerge(state, state.overview?.heads ?? [], key),
  },
  {
    id: 'squash',
    keys: ['Q'],
    where: ['panes'],
    title: 'squash',
    about: 'replace a range of revisions with one that creates the same schema',
    group: 'Write revisions',
    disabled: state =>
      whyNoFiles(state) ??
      ((state.overview?.revisions.filter(row => row.state !== 'missing').length ?? 0) < 2
        ? 'fewer than two revisions: nothing to squash'
        : null),
    run: squash,
  },
  {
    id: 'edit',
    keys: ['e'],
    where: ['panes'],
    title: 'edit',
    about: 'open the revision in your editor',
    group: 'Write revisions',
    footer: 12,
    disabled: state => (selectedRow(state)?.file ? null : 'no file to edit'),
    run: edit,
  },
  {
    id: 'adopt',
    keys: ['A'],
    where: ['panes'],
    title: 'adopt',
    about: 'declare the inferred lineage in the files',
    group: 'Write revisions',
    disabled: state =>
      whyNoFiles(state) ??
      (state.overview?.revisions.some(row => row.inferred)
        ? null
        : 'every revision already declares its lineage'),
    run: (state, key) =>
      openDraft(
        state,
        'Adopt: declare the inferred lineage',
        { call: 'draftAdopt', args: [] },
        'migtui adopt --yes',
        key,
      ),
  },
  {
    id: 'init',
    keys: ['I'],
    where: ['panes'],
    title: 'init',
    about: 'set up the project: config, folder, journal',
    group: 'Write revisions',
    disabled: state => (state.link.is === 'ready' ? null : 'the engine is not ready'),
    run: (state, key) => openDraft(state, 'Init', { call: 'draftInit', args: [] }, 'migtui init --yes', key),
  },
];
