import { effectLines } from '../../drawing/text/effects.ts';
import { failureLines } from '../../drawing/text/failure.ts';
import { foldWords } from '../../drawing/text/fold.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { statementLines } from '../../drawing/text/statement.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { CheckFinding, CheckReport, FindingKind } from '../../engine/api.ts';
import { someNames } from '../../foundation/some-names.ts';
import { scriptOf } from '../panes/detail/sql-tab.ts';
import { here } from '../state/command-line.ts';
import { ask, type Change, only } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { Dialog, Loaded, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { copied, open, replace } from '../state/stack.ts';
import { whyReadOnly } from '../state/why-not.ts';
import { inDialogs, on, why } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { revisionDialog } from './revision.ts';

/** The result of `check`. */
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

/** The name of a kind on screen. Scripts know interrupted revisions as `unsettled`. */
const kindName = (kind: FindingKind): string => (kind === 'unsettled' ? 'interrupted' : kind);

const isInvalid = ({ effects }: Pick<CheckFinding, 'effects'>): boolean =>
  effects.some(({ words }) => words.includes('(INVALID)'));

/** Both ways to resolve drift have a key; an INVALID index is not worth keeping. */
function nextOf({ kind, next, sql, effects }: CheckFinding): string {
  if (kind !== 'drift' || isInvalid({ effects })) return next;
  const undo = sql.length > 0 ? 'y copies this SQL, which undoes the change. ' : '';
  return `${undo}w keeps the change: it writes a revision with it and marks it as applied here.`;
}

const driftIn = ({ loaded }: CheckDialog): CheckFinding | undefined =>
  loaded.is === 'ready' ? loaded.value.findings.find(({ kind }) => kind === 'drift') : undefined;

/** Why there is no drift to act on. */
const whyNoDrift = ({ loaded }: CheckDialog): string => {
  if (loaded.is === 'loading') return 'the live schema is still being compared';
  const compared = loaded.is === 'ready' && loaded.value.agreed.includes('drift');
  return compared ? 'the live schema does not differ' : 'the live schema was not compared';
};

const whyNoUndo = (_state: State, dialog: CheckDialog): string | null => {
  const drift = driftIn(dialog);
  if (!drift) return whyNoDrift(dialog);
  return drift.sql.length > 0 ? null : 'there is no SQL that undoes the change';
};

const whyNotKept = (state: State, dialog: CheckDialog): string | null => {
  const drift = driftIn(dialog);
  if (!drift) return whyNoDrift(dialog);
  if (isInvalid(drift)) return 'an INVALID index is not kept: drop it and build it again';
  if (state.overview?.project.folder === null)
    return 'this project lists its migrations in code (migrationsList)';
  return whyReadOnly(state);
};

/** Asks for the message; the new revision revises the revisions applied here. */
function keep(state: State, _dialog: CheckDialog, key: string): Change {
  const [current, ...more] = state.overview?.current ?? [];
  const isHead =
    current !== undefined && state.overview?.heads.length === 1 && state.overview.heads[0] === current;
  const head = current === undefined || more.length > 0 || isHead ? null : current;
  return only(open(state, revisionDialog('drift', head, key)));
}

const commands = inDialogs(
  [
    {
      id: 'undo-drift',
      keys: ['y'],
      where: ['check'],
      title: 'copy SQL',
      about: 'copy the SQL that undoes the manual changes',
      footer: 1,
      disabled: why<CheckDialog>('check', whyNoUndo),
      run: on<CheckDialog>('check', (state, dialog) =>
        copied(state, scriptOf(driftIn(dialog)?.sql ?? []), 'the SQL that undoes the change'),
      ),
    },
    {
      id: 'keep-drift',
      keys: ['w'],
      where: ['check'],
      title: 'keep it',
      about: 'write a revision with the manual changes, and mark it as applied here',
      footer: 2,
      disabled: why<CheckDialog>('check', whyNotKept),
      run: on<CheckDialog>('check', keep),
    },
  ],
  'In a check',
);

function findingLines(finding: CheckFinding, state: State, columns: number): Line[] {
  const indented = (lines: readonly Line[]): Line[] => lines.map(one => [{ text: '    ' }, ...one]);
  return [
    ...wrap(finding.message, columns - 13).map(
      (text, index): Line => [
        { text: (index === 0 ? kindName(finding.kind) : '').padEnd(12), style: 'warning' },
        { text, style: 'strong' },
      ],
    ),
    ...finding.revisions.slice(0, shownRevisions).map(id => line(`    ${nameOf(state, id)}`)),
    ...(finding.revisions.length > shownRevisions
      ? [line(`    and ${finding.revisions.length - shownRevisions} more`, 'dim')]
      : []),
    ...indented(effectLines(finding.effects).flatMap(one => foldWords(one, columns - 4, 2))),
    ...indented(finding.sql.flatMap(sql => statementLines(sql, { columns: columns - 4, original: false }))),
    ...wrap(nextOf(finding), columns - 4).map(text => line(`    ${text}`, 'accent')),
    [],
  ];
}

export const checkType: DialogType<CheckDialog> = {
  kind: 'check',
  commands,
  scopes: () => ['check', 'scrolling'],
  title({ loaded }) {
    if (loaded.is !== 'ready') return 'Check';
    const { findings, skipped, clean } = loaded.value;
    if (clean)
      return skipped.length === 0 ? 'Check: clean' : `Check: no findings, ${skipped.length} not checked`;
    return `Check: ${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  },
  tone({ loaded }) {
    if (loaded.is !== 'ready') return undefined;
    if (!loaded.value.clean) return 'warning';
    return loaded.value.skipped.length === 0 ? 'ok' : undefined;
  },
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
    const { findings, agreed, skipped, notCompared, leftAlone = [] } = loaded.value;
    return [
      ...(findings.length > 0
        ? []
        : skipped.length === 0
          ? [line('Revisions, entities and the database agree.', 'ok'), []]
          : [line('No problems found in what could be checked.'), []]),
      ...findings.flatMap(finding => findingLines(finding, state, columns)),
      ...(agreed.length > 0
        ? wrap(`ok          ${agreed.map(kindName).join(', ')}`, columns).map(text => line(text, 'ok'))
        : []),
      ...skipped.flatMap(({ kind, why }) =>
        wrap(`${kindName(kind)} not checked: ${why}`, columns).map(text => line(text, 'dim')),
      ),
      ...(leftAlone.length > 0
        ? wrap(
            `Not compared with the entities, because they exist only in the SQL of revisions: ${someNames(leftAlone, 6)}.`,
            columns,
          ).map(text => line(text, 'dim'))
        : []),
      ...(notCompared
        ? wrap(`Not compared with the live schema: ${notCompared}.`, columns).map(text => line(text, 'dim'))
        : []),
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
