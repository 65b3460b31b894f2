import { describe, expect, test } from 'vitest';
import { menu } from '../../src/tui/dialogs/menu.ts';
import { revisionDialog } from '../../src/tui/dialogs/revision.ts';
import { CurrentPane } from '../../src/tui/panes/current-pane.tsx';
import { HistoryPane } from '../../src/tui/panes/history/history-pane.tsx';
import { PendingPane } from '../../src/tui/panes/pending-pane.tsx';
import { only } from '../../src/tui/state/effect.ts';
import { drawDialog, drawPane, lookedAt } from '../support/panel.tsx';

describe('Current', () => {
  test('has the tips of what is applied, and the counts', async () => {
    const pane = drawPane(CurrentPane, await lookedAt(), 44, 6);
    expect(pane.split('\n')).toEqual([
      '╭─ 1 Current ──────────────────────────────╮',
      '│   ● 20261110 add_user_id_to_chats        │',
      '│     applied 2 hours ago                  │',
      '│                                          │',
      '│ 2 applied · 3 pending                    │',
      '╰──────────────────────────────────────────╯',
    ]);
  });

  test.each([
    ['unreachable', 'server unreachable; retrying'],
    ['refused', 'Login rejected'],
    ['locked', 'in use by another process'],
    ['missing', 'database chat does not exist yet'],
  ] as const)('of a database that is %s says so', async (state, words) => {
    const pane = drawPane(CurrentPane, await lookedAt({ database: { state } }), 50, 6);
    expect(pane).toContain(words);
    expect(pane).toContain(
      state === 'missing' ? 'the first upgrade creates it' : 'Showing files only; database state unknown',
    );
  });
});

test('Current of a database that rejects the login gives the reason and the next step', async () => {
  const failure = {
    code: 'database-refused',
    message: 'postgres@db/chat refused the connection: password authentication failed for user "postgres"',
    next: 'Check user and password in the MikroORM config or its environment.',
  };
  const pane = drawPane(CurrentPane, await lookedAt({ database: { state: 'refused', failure } }), 44, 10);
  expect(pane.replace(/[│\s]+/g, ' ')).toContain(
    'Login rejected postgres@db/chat refused the connection: password',
  );
  expect(pane.replace(/[│\s]+/g, ' ')).toContain('Check user and password in the MikroORM config');
});

test.each([
  ['table-locked', 'the migrations table is locked'],
  ['too-many-connections', 'no free connection'],
])('Current does not call "%s" a rejected login', async (code, words) => {
  const failure = { code, message: 'It is busy.' };
  const pane = drawPane(CurrentPane, await lookedAt({ database: { state: 'refused', failure } }), 50, 10);
  expect(pane).toContain(words);
  expect(pane).not.toContain('Login rejected');
});

test('Current of a database that has tables and no migrations table suggests a stamp', async () => {
  const state = await lookedAt({ applied: [], database: { table: 'absent', otherTables: 12 } });
  expect(drawPane(CurrentPane, state, 60, 5)).toContain('tables exist; press s to mark revisions as applied');
  expect(drawPane(CurrentPane, state, 40, 5).replace(/[│\s]+/g, ' ')).toContain('mark revisions as applied');
});

test('History drops the mark of the current revision where it does not fit, and never cuts it', async () => {
  const revisions = [{ id: 'Migration20261101090000_initial_schema', revises: [] }];
  const state = await lookedAt({ revisions, applied: ['Migration20261101090000_initial_schema'] });
  expect(drawPane(HistoryPane, state, 34, 5)).toContain('◀ initial_schema (head) ');
  expect(drawPane(HistoryPane, state, 60, 5)).toContain('initial_schema (head) (current)');
});

test('History of a project without revisions says how to begin', async () => {
  const state = await lookedAt({ revisions: [], applied: [] });
  expect(drawPane(HistoryPane, state, 50, 5)).toContain('no revisions yet: press n to create one');
});

test('Pending with nothing to do says up to date', async () => {
  const state = await lookedAt({
    revisions: [{ id: 'Migration20260101000000_first', revises: [] }],
    applied: ['Migration20260101000000_first'],
  });
  expect(drawPane(PendingPane, state, 40, 5)).toContain('up to date');
});

describe('a menu', () => {
  test('has its question, its keys, and why an item cannot be chosen', async () => {
    const dialog = menu({
      title: 'Upgrade to',
      text: 'Which one?',
      openedBy: 'u',
      items: [
        { key: 'h', label: 'head', about: 'the newest', disabled: 'no pending revisions', choose: only },
        { key: 't', label: 'target …', about: 'type a target', choose: only },
      ],
    });
    const text = drawDialog(dialog, await lookedAt());
    expect(text).toMatch(/─ Upgrade to ─/);
    expect(text).toContain('Which one?');
    expect(text).toMatch(/ h {2}head {6}no pending revisions/);
    expect(text).toMatch(/▸ t {2}target … {2}type a target/);
  });
});

test('the form of a new revision says what its empty fields mean', async () => {
  const text = drawDialog(revisionDialog('empty', null, 'n'), await lookedAt());
  for (const words of ['message', 'label        optional: a name', 'revises     '])
    expect(text).toContain(words);
});
