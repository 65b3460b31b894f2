import { bySeverity, findingCounts, findingLines, isLoss } from '../../../drawing/text/findings.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { Finding, Preview, PreviewStep, RowsInTheWay } from '../../../engine/api.ts';
import type { State } from '../../state/model.ts';

/** Maximum number of findings shown for a step whose SQL is collapsed. */
const mostFolded = 3;

/** `2 dangers, 1 warning in these steps`; empty if there are only notes. */
export function planCounts({ steps }: Preview): Line[] {
  const findings = steps.flatMap(step => step.findings.filter(({ severity }) => severity !== 'note'));
  return findings.length === 0
    ? []
    : [[...findingCounts(findings), { text: '  Tab shows what to do instead', style: 'dim' }]];
}

/** The findings of a step: the most severe ones in brief, or all of them with remedies. */
export function stepFindings(
  step: PreviewStep,
  unfolded: boolean,
  rows: ReadonlyMap<string, RowsInTheWay>,
  { appearance }: State,
  columns: number,
): Line[] {
  if (step.findings.length === 0) return [];
  const asked = step.findings.map((finding): Finding => {
    const inTheWay = rows.get(keyOfFinding(finding));
    return inTheWay ? { ...finding, inTheWay } : finding;
  });
  const sorted = bySeverity(asked);
  const brief = sorted.filter(
    ({ severity, rule, inTheWay }) =>
      (severity !== 'note' || (inTheWay?.count ?? 0) > 0) && !(step.losses.length > 0 && isLoss(rule)),
  );
  const shown = unfolded ? sorted : brief.slice(0, mostFolded);
  const more = unfolded ? 0 : brief.length - shown.length;
  const indent = indentOf(columns);
  const view = {
    columns: columns - indent.length,
    ascii: appearance.ascii,
    whole: unfolded,
    withoutMessage: (rule: string) => step.losses.length > 0 && isLoss(rule),
  };
  return [
    ...shown.flatMap(finding => findingLines(finding, view)),
    ...(more > 0 ? [line(`and ${more} more: Tab shows ${more === 1 ? 'it' : 'them'}`, 'dim')] : []),
  ].map((one): Line => [{ text: indent }, ...one]);
}

/** After counting rows: whether any statement of the plan would fail on them. */
export function rowsSummary({ steps }: Preview, rows: ReadonlyMap<string, RowsInTheWay>): Line {
  const answers = steps
    .flatMap(({ findings }) => findings)
    .filter(({ rule }) => !isLoss(rule))
    .flatMap(finding => rows.get(keyOfFinding(finding)) ?? []);
  if (answers.length === 0) return line('No statement of this plan depends on rows.', 'ok');
  const failing = answers.filter(({ count }) => (count ?? 0) > 0).length;
  if (failing > 0)
    return line(
      `${failing} statement${failing === 1 ? '' : 's'} would fail because of existing rows.`,
      'danger',
    );
  const unknown = answers.filter(({ count }) => count === null).length;
  if (unknown > 0)
    return line(`Rows not counted for ${unknown} statement${unknown === 1 ? '' : 's'}.`, 'warning');
  return line('No row would make a statement fail.', 'ok');
}

/** Below the name of the step, or less indented if there is little space. */
const indentOf = (columns: number): string => ' '.repeat(columns < 70 ? 4 : 9);

/** Identifies a finding, also across repeated linting of the same statements. */
export const keyOfFinding = ({ revision, action, rule, statement }: Finding): string =>
  JSON.stringify([revision, action, rule, statement]);
