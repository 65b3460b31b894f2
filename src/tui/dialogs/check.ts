import { effectLines } from '../../drawing/text/effects.ts';
import { failureLines } from '../../drawing/text/failure.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { statementLines } from '../../drawing/text/statement.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { CheckFinding, CheckReport } from '../../engine/api.ts';
import { here } from '../state/command-line.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { Dialog, Loaded, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { open, replace } from '../state/stack.ts';
import type { DialogType } from './dialog.ts';

/** What `check` found. */
export interface CheckDialog extends Dialog {
  readonly kind: 'check';
  readonly loaded: Loaded<CheckReport>;
}

export function openCheck(state: State, openedBy: string): Change {
  const [asked, ticket, effect] = ask(state, { call: 'check', args: [] });
  return [
    logged(
      open(asked, { kind: 'check', loaded: { is: 'loading', ticket }, top: 0, openedBy }),
      'command',
      here(state, 'migtui check'),
    ),
    [effect],
  ];
}

const shownRevisions = 6;

function findingLines(finding: CheckFinding, state: State, columns: number): Line[] {
  const indented = (lines: readonly Line[]): Line[] => lines.map(one => [{ text: '    ' }, ...one]);
  return [
    ...wrap(finding.message, columns - 12).map(
      (text, index): Line => [
        { text: (index === 0 ? finding.kind : '').padEnd(11), style: 'warning' },
        { text, style: 'strong' },
      ],
    ),
    ...finding.revisions.slice(0, shownRevisions).map(id => line(`    ${nameOf(state, id)}`)),
    ...(finding.revisions.length > shownRevisions
      ? [line(`    and ${finding.revisions.length - shownRevisions} more`, 'dim')]
      : []),
    ...indented(effectLines(finding.effects)),
    ...indented(finding.sql.flatMap(sql => statementLines(sql, { columns: columns - 4, original: false }))),
    ...wrap(finding.next, columns - 4).map(text => line(`    ${text}`, 'accent')),
    [],
  ];
}

export const checkType: DialogType<CheckDialog> = {
  kind: 'check',
  scopes: () => ['check', 'scrolling'],
  title: dialog =>
    dialog.loaded.is === 'ready'
      ? dialog.loaded.value.clean
        ? 'Check: clean'
        : `Check: ${dialog.loaded.value.findings.length} finding${dialog.loaded.value.findings.length === 1 ? '' : 's'}`
      : 'Check',
  tone: dialog => (dialog.loaded.is === 'ready' ? (dialog.loaded.value.clean ? 'ok' : 'warning') : undefined),
  width: () => 100,
  body(dialog, state, columns) {
    const { loaded } = dialog;
    if (loaded.is === 'loading')
      return [
        line(
          state.task
            ? `${state.task.text} ${state.task.done}/${state.task.total}`
            : 'comparing revisions, entities and the live schema …',
          'dim',
        ),
      ];
    if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
    const { findings, agreed, skipped } = loaded.value;
    return [
      ...(findings.length === 0 ? [line('Revisions, entities and the database agree.', 'ok'), []] : []),
      ...findings.flatMap(finding => findingLines(finding, state, columns)),
      ...(agreed.length > 0
        ? wrap(`ok         ${agreed.join(', ')}`, columns).map(text => line(text, 'ok'))
        : []),
      ...skipped.flatMap(({ kind, why }) =>
        wrap(`${kind} not checked: ${why}`, columns).map(text => line(text, 'dim')),
      ),
    ];
  },
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    const loaded: Loaded<CheckReport> = outcome.ok
      ? { is: 'ready', value: outcome.value as CheckReport }
      : { is: 'failed', failure: outcome.failure };
    const findings = loaded.is === 'ready' ? loaded.value.findings.length : null;
    return only({ ...replace(state, dialog, { ...dialog, loaded }), findings });
  },
};
