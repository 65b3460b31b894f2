import { absolute } from '../../drawing/text/time.ts';
import type { Finding, RevisionDetail, SqlPreview } from '../../engine/api.ts';
import type { Paint } from '../shell/paint.ts';
import { drawFinding } from './findings.ts';
import { drawBlock } from './rows.ts';
import { indent } from './text.ts';

/** One revision: its block, its SQL in both directions, and its source if requested. */
export function drawDetail(
  { row, source, author, up, down }: RevisionDetail,
  findings: readonly Finding[],
  paint: Paint,
  withSource: boolean,
): string {
  const by = author ? [`${paint.dim('Author:')} ${author.name}, ${absolute(author.at)}`] : [];
  const drawn = findings
    .filter(({ severity }) => withSource || severity !== 'note')
    .map(finding => indent(`${paint.dim(finding.action)} ${drawFinding(finding, paint, true)}`));
  return [
    drawBlock(row, paint),
    ...by,
    '',
    paint.bold('Up'),
    drawSql(up, paint),
    '',
    paint.bold('Down'),
    drawSql(down, paint),
    ...(drawn.length > 0 ? ['', paint.bold('Findings'), ...drawn] : []),
    ...(withSource && source !== null ? ['', paint.bold('Source'), source.trimEnd()] : []),
  ].join('\n');
}

/** The SQL of one direction, as it would be sent, with its notes. */
export function drawSql({ sql, complete, note, transactional }: SqlPreview, paint: Paint): string {
  const remarks = [
    ...(note ? [note] : []),
    ...(complete || note ? [] : ['it may run more statements: only these are known before it runs']),
    ...(transactional ? [] : ['runs outside a transaction']),
  ];
  const lines = [
    ...sql.map(statement => (/;\s*$/.test(statement) ? statement.trimEnd() : `${statement.trimEnd()};`)),
    ...remarks.map(remark => paint.dim(`-- ${remark}`)),
  ];
  return indent(lines.length > 0 ? lines.join('\n') : paint.dim('-- nothing'));
}
