import { quoteShell } from '../../foundation/shell.ts';
import { openDraft } from '../dialogs/draft/dialog.ts';
import type { Command } from '../keymap/command.ts';
import { here } from '../state/command-line.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { remember } from '../state/loading.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { selectedRow } from '../state/select.ts';

/** Time limit for counting the failing rows of one statement, ms. */
const countingTime = 5_000;

/** Why nothing can be done about the findings of the selected revision. */
function whyNoFindings(state: State): string | null {
  if (state.tab !== 'findings') return 'only in the Findings tab of the Detail pane ([ and ] change tabs)';
  const row = selectedRow(state);
  if (!row) return 'no revision under the cursor';
  if (row.state !== 'pending') return 'only for revisions that are not applied';
  return state.lints.get(row.id)?.is === 'ready' ? null : 'the statements are still being analysed';
}

/** Lints the revision again, and counts rows in the live database. */
function countRows(state: State): Change {
  const row = selectedRow(state);
  if (!row) return only(state);
  const [asked, ticket, effect] = ask(state, {
    call: 'lint',
    args: [{ range: row.id, withRows: countingTime }],
  });
  const waiting = { ...asked, lints: remember(asked.lints, row.id, { is: 'loading', ticket }) };
  return [logged(waiting, 'command', here(state, `migtui lint ${quoteShell(row.id)} --with-rows`)), [effect]];
}

function whyNoSafeForm(state: State): string | null {
  const why = whyNoFindings(state);
  if (why !== null) return why;
  if (state.overview?.project.readOnly) return 'opened read-only';
  const report = state.lints.get(selectedRow(state)?.id ?? '');
  const danger =
    report?.is === 'ready' &&
    report.value.findings.some(({ action, severity }) => action === 'up' && severity === 'danger');
  return danger ? null : 'nothing here is dangerous';
}

/** Actions for findings, before a run is planned. */
export const findingCommands: readonly Command[] = [
  {
    id: 'safe-form',
    keys: ['L'],
    where: ['panes'],
    title: 'safe form',
    about: 'in the Findings tab: draft the safe form of the dangerous statements',
    group: 'Write revisions',
    footer: 6,
    hidden: state => state.tab !== 'findings',
    disabled: whyNoSafeForm,
    run(state, key) {
      const revision = selectedRow(state)?.id ?? '';
      const command = `migtui lint ${quoteShell(revision)} --fix --yes`;
      return openDraft(state, 'Safe form', { call: 'draftFix', args: [revision] }, command, key);
    },
  },
  {
    id: 'count-rows',
    keys: ['W'],
    where: ['panes'],
    title: 'rows',
    about: 'in the Findings tab: count the rows on which the statements would fail (read-only)',
    group: 'Look',
    footer: 7,
    hidden: state => state.tab !== 'findings',
    disabled: whyNoFindings,
    run: countRows,
  },
];
