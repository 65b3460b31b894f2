import { bySeverity, findingCounts, findingLines } from '../../../drawing/text/findings.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { statementLines } from '../../../drawing/text/statement.ts';
import type { Finding, LintReport } from '../../../engine/api.ts';
import type { State } from '../../state/model.ts';
import { contentOf, type DetailTab } from './tab.ts';
import { whenLoaded } from './waiting.ts';

const directions = { up: 'Up', down: 'Down' } as const;

/** Maximum number of lines of a statement below its finding; the SQL tabs have all of it. */
const mostLines = 3;

/**
 * What the revision's statements lock, rewrite and break, and why they may fail, in both directions: dangers
 * first.
 */
export const findingsTab: DetailTab = {
  id: 'findings',
  title(state, revision) {
    const report = state.lints.get(revision);
    if (report?.is !== 'ready') return 'Findings';
    const count = ownFindings(report.value, revision).filter(({ severity }) => severity !== 'note').length;
    return count === 0 ? 'Findings' : `Findings ${count}`;
  },
  missing: (state, revision) =>
    state.lints.has(revision) ? null : { call: 'lint', args: [{ range: revision }] },
  content: (state, revision, columns) =>
    whenLoaded(
      state.lints.get(revision),
      columns,
      report => contentOf(reportLines(ownFindings(report, revision), state, columns)),
      'analysing the statements',
    ),
  isWrapped: () => true,
};

const ownFindings = ({ findings }: LintReport, revision: string): readonly Finding[] =>
  findings.filter(one => one.revision === revision);

function reportLines(findings: readonly Finding[], state: State, columns: number): Line[] {
  if (findings.length === 0) return [line('no findings', 'ok')];
  return [
    findingCounts(findings),
    ...bySeverity(findings).flatMap(finding => [[], ...oneFinding(finding, state, columns)]),
  ];
}

function oneFinding(finding: Finding, state: State, columns: number): Line[] {
  const { action, place, statement } = finding;
  const where = place.file !== null && place.line !== null ? `  ${place.file}:${place.line}` : '';
  const sql = statement === '' ? [] : statementLines(statement, { columns: columns - 2, original: false });
  return [
    ...findingLines(finding, { columns, ascii: state.appearance.ascii, whole: true }),
    [
      { text: `  ${directions[action]} SQL`, style: 'border' },
      { text: where, style: 'dim' },
    ],
    ...sql.slice(0, mostLines).map((one): Line => [{ text: '  ' }, ...one]),
    ...(sql.length > mostLines ? [line('  …', 'dim')] : []),
  ];
}
