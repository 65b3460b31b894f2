import { failureLines } from '../../drawing/text/failure.ts';
import { journalLines, timeOf } from '../../drawing/text/journal.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { JournalEntry } from '../../engine/api.ts';
import { here } from '../state/command-line.ts';
import { ask, type Change } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { Dialog, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { open } from '../state/stack.ts';
import type { DialogType } from './dialog.ts';

/** Past runs from the journal, newest first. The entries are in the state. */
export interface JournalDialog extends Dialog {
  readonly kind: 'journal';
}

export function openJournal(state: State, openedBy: string): Change {
  const opened = logged(
    open(state, { kind: 'journal', top: 0, openedBy }),
    'command',
    here(state, 'migtui journal'),
  );
  if (state.journal?.is === 'loading' || state.overview?.journal.state === 'off') return [opened, []];
  const [asked, ticket, effect] = ask(opened, { call: 'journal', args: [] });
  return [
    state.journal?.is === 'ready' ? { ...asked } : { ...asked, journal: { is: 'loading', ticket } },
    [effect],
  ];
}

function runs(entries: readonly JournalEntry[]): JournalEntry[][] {
  const byRun = new Map<string, JournalEntry[]>();
  for (const entry of [...entries].sort((a, b) => b.started.localeCompare(a.started))) {
    const run = byRun.get(entry.run);
    if (run) run.push(entry);
    else byRun.set(entry.run, [entry]);
  }
  return [...byRun.values()];
}

function runLines(entries: readonly JournalEntry[], state: State, columns: number): Line[] {
  const first = entries.at(-1);
  if (!first) return [];
  return [
    [
      { text: timeOf(first.started, state), style: 'strong' },
      {
        text: `  ${first.who.osUser}@${first.who.host} as ${first.who.databaseUser}, ${first.who.version}`,
        style: 'dim',
      },
    ],
    ...[...entries].reverse().flatMap((entry): Line[] => {
      const [head, ...rest] = journalLines([entry], state, columns);
      return [
        [
          { text: '  ' },
          ...(head ?? []).slice(0, 2),
          { text: `  ${nameOf(state, entry.revision)}`, style: 'strong' },
          ...(head ?? []).slice(3, 4),
        ],
        ...rest,
      ];
    }),
    [],
  ];
}

export const journalType: DialogType<JournalDialog> = {
  kind: 'journal',
  scopes: () => ['journal', 'scrolling'],
  title: () => 'Journal',
  width: () => 104,
  body(_dialog, state, columns) {
    const status = state.overview?.journal;
    if (status?.state === 'off') {
      return wrap(`The journal is off. ${status.hint ?? ''}`, columns).map(text => line(text));
    }
    const { journal } = state;
    if (journal === null || journal.is === 'loading') return [line('loading the journal …', 'dim')];
    if (journal.is === 'failed') return failureLines(journal.failure, columns);
    if (journal.value.length === 0) return [line('No runs recorded yet.', 'dim')];
    return runs(journal.value).flatMap(entries => runLines(entries, state, columns));
  },
};
