import { effectLines } from '../../../drawing/text/effects.ts';
import { failureLines } from '../../../drawing/text/failure.ts';
import { placeLabel } from '../../../drawing/text/place.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { SqlView } from '../../../drawing/text/statement.ts';
import { transactionNumber } from '../../../drawing/text/transaction-number.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import type { Style } from '../../../drawing/theme/style.ts';
import type { Action, PlanRequest, PlanStart, Preview, Warning } from '../../../engine/api.ts';
import { previewContent } from '../../panes/detail/sql-tab.ts';
import type { State } from '../../state/model.ts';
import { nameOf } from '../../state/select.ts';
import { whyReadOnly } from '../../state/why-not.ts';
import { namePrompt } from '../name-prompt.ts';
import { rehearsalResult } from '../rehearsal.ts';
import { planCounts, rowsSummary, stepFindings } from './findings.ts';
import { policyLines } from './policy.ts';
import { type PlanDialog, runsMigrations, whyName } from './rules.ts';

export const actionStyles: Readonly<Record<Action, Style>> = {
  up: 'applied',
  down: 'removed',
  log: 'edited',
  unlog: 'edited',
};

/** Maximum number of statements shown per step; the Detail pane has all of them. */
const mostLines = 400;

export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** `3 steps on chat`, data loss, notes. */
export function planHead(dialog: PlanDialog, state: State, columns: number): Line[] {
  if (dialog.loaded.is !== 'ready') return [];
  const preview = dialog.loaded.value;
  if (preview.steps.length === 0) return [];
  const transactions = preview.batches.filter(batch => batch.transactional).length;
  const alone = preview.batches.length - transactions;
  const cut =
    preview.request.command === 'stamp'
      ? 'log rows only'
      : [
          transactions > 0 ? counted(transactions, 'transaction') : '',
          alone > 0 ? `${alone} without a transaction` : '',
        ]
          .filter(Boolean)
          .join(', ');
  return [
    [
      { text: counted(preview.steps.length, 'step'), style: 'strong' },
      { text: ' on ' },
      { text: preview.databaseName, style: preview.protected ? 'alarm' : 'accent' },
      { text: `  ${placeLabel(preview.databaseLabel, preview.schema)}`, style: 'dim' },
      { text: cut === '' ? '' : `  ${cut}`, style: 'dim' },
    ],
    ...preview.warnings.flatMap(warning =>
      wrap(warningText(warning, state), columns - 2).map((text, index) =>
        line(`${index === 0 ? '! ' : '  '}${text}`, 'warning'),
      ),
    ),
    ...policyLines(preview, dialog.backup, state, columns),
    ...planCounts(preview),
    ...examinedLines(dialog, state, columns),
    ...(whyReadOnly(state) ? [line(`! ${whyReadOnly(state)}`, 'warning')] : []),
    ...comparisonLines(dialog, state, columns),
    [],
  ];
}

function warningText({ message, revisions }: Warning, state: State): string {
  const named = revisions.map(id => nameOf(state, id)).join(', ');
  return named === '' ? message : `${message} ${named}`;
}

/** The results of checks: the rehearsal, the failing rows; and the planned backup. */
function examinedLines(dialog: PlanDialog, state: State, columns: number): Line[] {
  const { rehearsed, counting, backup, loaded } = dialog;
  const lines: Line[] = [];
  if (counting?.is === 'loading')
    lines.push(line('counting the rows on which the statements would fail …', 'dim'));
  if (counting?.is === 'failed')
    lines.push(
      ...wrap(`rows not counted: ${counting.failure.message}`, columns).map(text => line(text, 'warning')),
    );
  if (counting?.is === 'ready' && loaded.is === 'ready') lines.push(rowsSummary(loaded.value, dialog.rows));
  if (rehearsed?.is === 'ready') lines.push(rehearsalResult(rehearsed.value));
  if (backup && loaded.is === 'ready' && runsMigrations(loaded.value)) {
    lines.push([
      { text: 'Backup first', style: 'ok' },
      { text: `, to ${state.settings.backup.folder}`, style: 'dim' },
    ]);
  }
  return lines;
}

/** Maximum number of schema changes named before a stamp. */
const mostEffects = 6;

/** Shows a wrong stamp before it is written. */
function comparisonLines({ compared }: PlanDialog, state: State, columns: number): Line[] {
  if (compared === null) return [];
  if (compared.is === 'loading') {
    const progress = state.task
      ? `${state.task.text} ${state.task.done}/${state.task.total}`
      : 'comparing with the live schema …';
    return [line(progress, 'dim')];
  }
  if (compared.is === 'failed') {
    return wrap(`not compared with the live schema: ${compared.failure.message}`, columns).map(text =>
      line(text, 'warning'),
    );
  }
  const { same, effects } = compared.value;
  if (same) return [line('The live schema matches.', 'ok')];
  return [
    line('The live schema does not match (+ missing, - unexpected, ~ different):', 'danger'),
    ...effectLines(effects.slice(0, mostEffects)).map((one): Line => [{ text: '  ' }, ...one]),
    ...(effects.length > mostEffects ? [line(`  and ${effects.length - mostEffects} more`, 'dim')] : []),
  ];
}

export function planLines(dialog: PlanDialog, state: State, columns: number): Line[] {
  const { loaded } = dialog;
  if (loaded.is === 'loading') {
    const start = startOf(dialog.request, state);
    return start
      ? startLines(start, state)
      : [
          line(
            state.task ? `${state.task.text} ${state.task.done}/${state.task.total}` : 'planning …',
            'dim',
          ),
        ];
  }
  if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
  if (loaded.value.steps.length === 0) return [line('Nothing to do: the database is already there.', 'ok')];
  return loaded.value.steps.flatMap((_, index) => [
    ...batchRule(loaded.value, index, columns),
    stepHead(loaded.value.steps, index, loaded.value.steps.length, dialog.unfolded.has(index), state),
    ...stepBody(dialog, loaded.value, index, state, columns),
  ]);
}

/** The first steps of the requested plan, if they are known before the rest. */
export function startOf(request: PlanRequest, { planStart }: State): PlanStart | null {
  return planStart && JSON.stringify(planStart.request) === JSON.stringify(request) ? planStart : null;
}

function startLines({ count, databaseName, first }: PlanStart, state: State): Line[] {
  return [
    [
      { text: counted(count, 'step'), style: 'strong' },
      { text: ' on ' },
      { text: databaseName, style: 'accent' },
      { text: '  checking them …', style: 'dim' },
    ],
    [],
    ...first.map((_, index) => stepHead(first, index, count, false, state)),
    line(`and ${count - first.length} more`, 'dim'),
  ];
}

/** The line of the selected step. */
export function stepLine(dialog: PlanDialog, preview: Preview, state: State, columns: number): number {
  let at = 0;
  for (let index = 0; index <= dialog.cursor; index++) {
    at += batchRule(preview, index, 1).length;
    if (index === dialog.cursor) return at;
    at += 1 + stepBody(dialog, preview, index, state, columns).length;
  }
  return at;
}

/** The boundary between transactions. */
function batchRule(preview: Preview, index: number, columns: number): Line[] {
  const batch = preview.steps[index]?.batch ?? 0;
  if (preview.batches.length < 2 || preview.request.command === 'stamp') return [];
  if (index > 0 && preview.steps[index - 1]?.batch === batch) return [];
  const title = preview.batches[batch]?.transactional
    ? `transaction ${transactionNumber(preview, batch)} `
    : `no transaction `;
  return [
    line(
      `${title}${'─'.repeat(Math.max(0, columns - title.length))}`.slice(0, Math.max(1, columns)),
      'border',
    ),
  ];
}

/** @param total number of all steps */
function stepHead(
  steps: PlanStart['first'],
  index: number,
  total: number,
  unfolded: boolean,
  state: State,
): Line {
  const step = steps[index];
  if (!step) return [];
  const count = step.preview.sql.length;
  return [
    { text: `${String(index + 1).padStart(String(total).length)} ` },
    { text: step.action.padEnd(6), style: actionStyles[step.action] },
    { text: nameOf(state, step.revision), style: 'strong' },
    {
      text:
        step.action === 'up' || step.action === 'down'
          ? `  ${unfolded ? '' : counted(count, 'statement')}`
          : '',
      style: 'dim',
    },
    { text: step.preview.complete ? '' : ' + more at run time', style: 'warning' },
  ];
}

/** Columns before the SQL of a step. */
const sqlIndent = 6;

/** Losses and the most severe findings are always shown, the rest and the SQL when expanded. */
function stepBody(
  dialog: PlanDialog,
  preview: Preview,
  index: number,
  state: State,
  columns: number,
): Line[] {
  const step = preview.steps[index];
  if (!step) return [];
  const unfolded = dialog.unfolded.has(index);
  const always = [
    ...step.losses.map((loss): Line => [{ text: `         ${loss}`, style: 'danger' }]),
    ...stepFindings(step, unfolded, dialog.rows, state, columns),
  ];
  if (!unfolded) return always;
  const view: SqlView = { columns: columns - sqlIndent, original: state.originalSql };
  const content = previewContent(step.preview, view);
  const lines = Array.from(
    { length: Math.min(content.length, mostLines) },
    (_, at): Line => [{ text: '    │ ', style: 'border' }, ...content.line(at)],
  );
  if (content.length > mostLines)
    lines.push(line(`    │ … and ${content.length - mostLines} more lines`, 'dim'));
  return [...always, ...lines];
}

/** The effect of Enter, or the name to type. */
export function planFoot(dialog: PlanDialog, state: State, columns: number): Line[] {
  if (dialog.loaded.is !== 'ready' || dialog.loaded.value.steps.length === 0) return [];
  const preview = dialog.loaded.value;
  if (whyReadOnly(state)) return [];
  const why = whyName(dialog);
  if (why === null) {
    return [
      [],
      [
        { text: ' Enter ', style: 'badge' },
        { text: ` run on ${preview.databaseName}   ` },
        { text: 'Esc', style: 'key' },
        { text: ' cancel', style: 'dim' },
      ],
    ];
  }
  const asking: Line = [
    { text: `${why} `, style: 'danger' },
    { text: 'Type ' },
    { text: preview.databaseName, style: 'alarm' },
    { text: ' and press Enter: ' },
  ];
  const { databaseName: name } = preview;
  const prompt = { why, name, typed: dialog.typed, complete: '  Enter to run' };
  return [[], ...namePrompt(asking, prompt, columns)];
}
