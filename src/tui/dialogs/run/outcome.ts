import { bytes } from '../../../drawing/text/bytes.ts';
import { failureLines } from '../../../drawing/text/failure.ts';
import { findingLines } from '../../../drawing/text/findings.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import type { Backup, LintReport } from '../../../engine/api.ts';
import type { Loaded, State } from '../../state/model.ts';
import type { Run } from '../../state/run.ts';
import { nameOf } from '../../state/select.ts';
import { counted } from '../plan/lines.ts';
import { rowsOfFailure, splitInstead, stampInstead, transactionEach } from './next-steps.ts';

/**
 * The result of a run: PostgreSQL's message, what is applied and what is not, and what is left to resolve.
 */
export function outcomeLines(
  run: Run,
  counted: Loaded<LintReport> | null,
  state: State,
  columns: number,
): Line[] {
  const lines: Line[] = [];
  if (run.failure && !run.result?.cancelled)
    lines.push(...failureLines(run.failure, columns), ...countedLines(run, counted, state, columns), []);
  if (run.result?.cancelled) {
    lines.push(line(cancelledText(run), 'warning'), []);
  }
  lines.push(...summaryLines(run, state));
  if (run.backedUp) lines.push(...backupLines(run.backedUp, columns));
  for (const notice of run.notices) lines.push(...wrap(notice, columns).map(text => line(text, 'warning')));
  for (const step of run.result?.steps ?? []) {
    if (!step.changesRemain || run.result?.unsettled.some(open => open.revision === step.revision)) continue;
    const text = `${nameOf(state, step.revision)} ran outside a transaction: the changes of its statements so far remain.`;
    lines.push([], ...wrap(text, columns).map(text => line(text, 'danger')));
  }
  for (const open of run.result?.unsettled ?? []) {
    lines.push(
      [],
      ...wrap(
        `${nameOf(state, open.revision)} ran outside a transaction and was interrupted: it may have left partial changes.`,
        columns,
      ).map(text => line(text, 'danger')),
      ...open.invalidIndexes.map(index => line(`  invalid index: ${index}`, 'warning')),
      line('  Check the schema, then press x to resolve it.', 'accent'),
    );
  }
  return lines;
}

/** What a cancel has done. */
function cancelledText({ cancel, result }: Run): string {
  if (cancel === 'after-step') return 'Stopped as requested.';
  const rolledBack = result?.steps.some(step => step.rolledBack) === true;
  return rolledBack ? 'Cancelled. Uncommitted changes were rolled back.' : 'Cancelled.';
}

/** The number of rows on which the statement failed, and the first of them. */
function countedLines(
  run: Run,
  counting: Loaded<LintReport> | null,
  { appearance }: State,
  columns: number,
): Line[] {
  if (counting === null) return [];
  if (counting.is === 'loading') return [[], line('counting the rows on which the statement fails …', 'dim')];
  if (counting.is === 'failed') return [[], line(`rows not counted: ${counting.failure.message}`, 'warning')];
  const findings = rowsOfFailure(run, counting.value);
  const view = { columns, ascii: appearance.ascii, whole: false };
  return findings.flatMap(finding => [[], ...findingLines(finding, view)]);
}

/** The location of the backup, and how to restore it. */
const backupLines = ({ path, bytes: size, restore }: Backup, columns: number): Line[] => [
  ...wrap(`Backup: ${path}, ${bytes(size)}`, columns).map(text => line(text)),
  ...wrap(`Restore it with: ${restore}`, columns).map(text => line(text, 'dim')),
];

function summaryLines(run: Run, state: State): Line[] {
  const did = run.steps.filter(step => step.status === 'done').length;
  const undone = run.steps.filter(step => step.status === 'rolled back').length;
  const failed = run.steps.filter(step => step.status === 'failed').length;
  const not = run.steps.filter(step => step.status === 'not run' || step.status === 'waiting').length;
  const unknown = run.steps.filter(step => step.status === 'unknown').length;
  const parts = [
    `${counted(did, 'step')} done`,
    failed > 0 && `${failed} failed`,
    undone > 0 && `${undone} rolled back`,
    unknown > 0 && `${unknown} unknown`,
    not > 0 && `${not} not run`,
  ].filter(Boolean);
  const tips = unknown > 0 || run.result?.tipsUnknown ? null : (run.result?.tips ?? null);
  return [
    [{ text: parts.join(', '), style: did === run.steps.length ? 'ok' : 'strong' }],
    ...(tips === null
      ? []
      : [
          [
            { text: 'current is now ', style: 'dim' as const },
            {
              text: tips.length === 0 ? 'base' : tips.map(id => nameOf(state, id)).join(', '),
              style: 'strong' as const,
            },
          ],
        ]),
  ];
}

export function outcomeFoot(run: Run): Line[] {
  if (!run.failure || run.result?.cancelled)
    return [[], [{ text: ' Enter ', style: 'badge' }, { text: ' close' }]];
  const ways: Line = [
    { text: 'r', style: 'key' },
    { text: ' try again   ' },
    ...(run.steps.some(step => step.status === 'failed')
      ? [{ text: 'e', style: 'key' as const }, { text: ' edit the revision   ' }]
      : []),
    { text: 'y', style: 'key' },
    { text: ' copy the error   ' },
    ...(run.result?.unsettled.length ? [{ text: 'x', style: 'key' as const }, { text: ' resolve   ' }] : []),
    ...(stampInstead(run)
      ? [
          { text: 's', style: 'key' as const },
          { text: ' mark it as applied   ' },
          { text: 'c', style: 'key' as const },
          { text: ' check the schema   ' },
        ]
      : []),
    ...(transactionEach(run)
      ? [{ text: 't', style: 'key' as const }, { text: ' one transaction each   ' }]
      : []),
    ...(splitInstead(run) ? [{ text: 'p', style: 'key' as const }, { text: ' split the revision   ' }] : []),
    { text: 'Esc', style: 'key' },
    { text: ' close' },
  ];
  return [[], ways];
}
