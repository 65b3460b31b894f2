import { bytes as sizeText } from '../../drawing/text/bytes.ts';
import { isOnNewTable, rowsText } from '../../drawing/text/findings.ts';
import { findingOnCopy } from '../../drawing/text/measured.ts';
import type { Finding, LintReport, Severity } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import type { Paint } from '../shell/paint.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/** One finding: the message, the table, and what to do instead. */
export function drawFinding(finding: Finding, paint: Paint, whole = false): string {
  const { severity, rule, message, remedy, accepted, inTheWay } = finding;
  const onCopy = findingOnCopy(finding);
  return [
    `${sign(severity, paint)} ${paint.bold(rule)}: ${message}`,
    ...details(finding).map(line => indent(paint.dim(line))),
    ...(onCopy === null ? [] : [indent(onCopy)]),
    ...(inTheWay ? [indent(drawRows(rule, inTheWay, paint))] : []),
    ...(accepted === undefined ? [] : [indent(paint.dim(`accepted: ${accepted}`))]),
    ...(whole && remedy !== '' && accepted === undefined
      ? [indent(`${paint.dim('instead:')} ${remedy}`)]
      : []),
  ].join('\n');
}

function sign(severity: Severity, paint: Paint): string {
  const { glyphs } = paint;
  if (severity === 'danger') return paint.bad(glyphs.failed);
  return severity === 'warning' ? paint.warn(glyphs.warning) : paint.dim('·');
}

function details(finding: Finding): string[] {
  const { table, lock, blocks, rows, bytes, rewrites, scans } = finding;
  const size = [
    ...(rows === null ? [] : [`about ${count(Math.round(rows), 'row')}`]),
    ...(bytes === null ? [] : [sizeText(bytes)]),
  ];
  const does = [
    ...(lock === null ? [] : [`${lock}${blocks.length > 0 ? `, blocks ${blocks.join(' and ')}` : ''}`]),
    ...(rewrites ? ['rewrites it'] : scans ? ['reads all of it'] : []),
  ];
  if (table === null || (does.length === 0 && (isOnNewTable(finding) || size.length === 0))) return [];
  return [`${table}${size.length > 0 ? ` (${size.join(', ')})` : ''}: ${does.join(', ')}`.replace(/: $/, '')];
}

function drawRows(rule: string, rows: NonNullable<Finding['inTheWay']>, paint: Paint): string {
  const text = rowsText(rule, rows);
  if (rows.failure !== null) return paint.dim(text);
  if (rows.count === 0) return paint.good(text);
  return [paint.bad(text), ...rows.examples.map(example => indent(paint.dim(example)))].join('\n');
}

/** The result of lint: findings by revision and statement, then the totals. */
export function drawLint({ findings, judged }: LintReport, paint: Paint, notes: boolean): string {
  const shown = findings.filter(
    ({ severity, accepted }) => notes || severity !== 'note' || accepted !== undefined,
  );
  const paragraphs = [...Map.groupBy(shown, ({ revision, action }) => `${nameOf(revision)} ${action}`)].map(
    ([title, inside]) => {
      const statements = [...Map.groupBy(inside, ({ statement }) => statement)].map(([statement, of]) =>
        [
          ...(statement === '' ? [] : [paint.dim(`${placeOf(of[0] as Finding)}${firstLine(statement)}`)]),
          ...of.map(finding => drawFinding(finding, paint, true)),
        ]
          .map(part => indent(part))
          .join('\n'),
      );
      return [paint.bold(title), ...statements].join('\n');
    },
  );
  return [...paragraphs, summary(findings, judged, notes, paint)].join('\n\n');
}

function placeOf({ place }: Finding): string {
  return place.file === null || place.line === null ? '' : `${place.file}:${place.line}  `;
}

function firstLine(statement: string): string {
  const line = statement.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function summary(
  findings: readonly Finding[],
  linted: readonly string[],
  notes: boolean,
  paint: Paint,
): string {
  const of = (severity: Severity): number => findings.filter(one => one.severity === severity).length;
  const [dangers, warnings, rest] = [of('danger'), of('warning'), of('note')];
  const revisions = count(linted.length, 'revision');
  const unread = new Set(
    findings.filter(({ rule }) => rule === 'incomplete').map(({ revision }) => revision),
  );
  const unknown = unread.size > 0 ? ` Not all SQL of ${count(unread.size, 'revision')} is known.` : '';
  const hidden = `${unknown}${!notes && rest > 0 ? ` ${count(rest, 'note')} with --verbose.` : ''}`;
  if (dangers + warnings === 0) {
    return unknown === ''
      ? `${paint.good(`${paint.glyphs.ok} ${revisions}, nothing dangerous.`)}${hidden}`
      : `${paint.warn(`${paint.glyphs.warning} ${revisions}, nothing dangerous in the known SQL.`)}${hidden}`;
  }
  const counts = [
    dangers > 0 ? count(dangers, 'danger') : '',
    warnings > 0 ? count(warnings, 'warning') : '',
  ].filter(Boolean);
  const text = `${revisions}: ${counts.join(', ')}.`;
  return `${dangers > 0 ? paint.bad(text) : paint.warn(text)}${hidden}`;
}
