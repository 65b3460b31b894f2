import type { FailureInfo, Problem, SqlError } from '../../foundation/failure.ts';
import type { Paint } from '../shell/paint.ts';
import { indent } from './text.ts';

/** Number of lines of a statement around PostgreSQL's error position. */
const around = 4;

const mostCandidates = 12;

/**
 * A failure for display: the message, PostgreSQL's own error, the position in the statement, and the next
 * step.
 */
export function drawFailure(info: FailureInfo, paint: Paint): string {
  return [
    `${paint.bad('error:')} ${info.message}`,
    ...(info.sql ? [indent(drawSqlError(info.sql, paint))] : []),
    ...(info.problems ?? []).map(problem => indent(drawProblem(problem, paint))),
    ...candidates(info).map(line => indent(line)),
    ...(info.next ? [`${paint.bold('next:')}  ${info.next}`] : []),
  ]
    .filter(part => part !== '')
    .join('\n');
}

/** `migrations/x.ts:3: the problem`. */
export function drawProblem({ file, line, revision, message }: Problem, paint: Paint): string {
  const place = file ? (line ? `${file}:${line}` : file) : revision;
  return place ? `${paint.bold(place)}: ${message}` : message;
}

/** Valid alternatives, unless the message already contains them. */
function candidates({ message, candidates: names = [] }: FailureInfo): string[] {
  if (names.every(name => message.includes(name))) return [];
  const more = names.length - mostCandidates;
  return [
    ...names.slice(0, mostCandidates).map(name => `- ${name}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

/** SQLSTATE, detail, hint and context, and the statement with a caret under the error's position. */
export function drawSqlError(sql: SqlError, paint: Paint): string {
  const facts = [
    ['code', sql.sqlState],
    ['detail', sql.detail],
    ['hint', sql.hint],
    ['where', sql.where],
    ['table', sql.table],
    ['constraint', sql.constraint],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  return [
    ...facts.map(([name, value]) => `${paint.dim(`${name}:`)} ${value}`),
    ...(sql.statement ? ['', indent(drawStatement(sql.statement, sql.position, paint)), ''] : []),
  ].join('\n');
}

/**
 * A statement, shortened to the lines around a position, with a caret under it.
 * @param position 1-based character, counted like PostgreSQL: code points
 */
export function drawStatement(statement: string, position: number | undefined, paint: Paint): string {
  const lines = statement.trimEnd().split('\n');
  if (position === undefined) {
    const shown = lines.slice(0, 3 * around);
    return [
      ...shown,
      ...(lines.length > shown.length ? [paint.dim(`… ${lines.length - shown.length} more lines`)] : []),
    ].join('\n');
  }
  const before = [...statement].slice(0, position - 1).join('');
  const row = before.split('\n').length - 1;
  const column = [...(before.split('\n').at(-1) as string)].length;
  const first = Math.max(0, row - around);
  const shown = lines.slice(first, row + around + 1);
  shown.splice(row - first + 1, 0, `${' '.repeat(column)}${paint.bad('^')}`);
  return [
    ...(first > 0 ? [paint.dim('…')] : []),
    ...shown,
    ...(row + around + 1 < lines.length ? [paint.dim('…')] : []),
  ].join('\n');
}
