import type { FailureInfo, SqlError } from '../../foundation/failure.ts';
import { foldWords } from './fold.ts';
import { type Line, line } from './span.ts';
import { sqlLines } from './sql.ts';
import { cutTo, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** Number of lines of a statement around PostgreSQL's error position. */
const around = 6;

/** A failure for display: what happened, PostgreSQL's message, the position, and what to do next. */
export function failureLines(failure: FailureInfo, columns: number): Line[] {
  const lines: Line[] = wrap(failure.message, columns).map(text => line(text, 'danger'));
  if (failure.sql) lines.push(...sqlErrorLines(failure.sql, columns));
  if (failure.candidates && failure.candidates.length > 0) {
    lines.push(
      [],
      ...failure.candidates
        .slice(0, 12)
        .map((candidate): Line => [{ text: '  ' }, { text: candidate, style: 'accent' }]),
    );
    if (failure.candidates.length > 12)
      lines.push(line(`  and ${failure.candidates.length - 12} more`, 'dim'));
  }
  for (const problem of failure.problems ?? []) {
    const place = problem.file ? `${problem.file}${problem.line ? `:${problem.line}` : ''}: ` : '';
    lines.push(
      ...wrap(`${place}${problem.message}`, columns - 2).map((text, index) =>
        line(`${index === 0 ? '• ' : '  '}${text}`),
      ),
    );
  }
  if (failure.next) lines.push([], ...wrap(failure.next, columns).map(text => line(text, 'accent')));
  return lines;
}

function sqlErrorLines(sql: SqlError, columns: number): Line[] {
  const fact = (name: string, value: string | undefined): Line[] =>
    value
      ? wrap(value, Math.max(10, columns - 8)).map((text, index) => [
          { text: (index === 0 ? name : '').padEnd(8), style: 'dim' as const },
          { text },
        ])
      : [];
  return [
    ...fact('code', sql.sqlState),
    ...fact('detail', sql.detail),
    ...fact('hint', sql.hint),
    ...fact('where', sql.where),
    ...(sql.statement ? [[], ...markedStatement(sql.statement, sql.position, columns)] : []),
  ];
}

/** The statement, with a caret under PostgreSQL's error position; without a position, its start, wrapped. */
export function markedStatement(statement: string, position: number | undefined, columns: number): Line[] {
  const lines = sqlLines(statement);
  if (!position) {
    const folded = lines.slice(0, around * 2).flatMap(one => foldWords(one, columns, 4));
    const shown = folded.slice(0, around * 2);
    return shown.length < folded.length || lines.length > around * 2 ? [...shown, line('…', 'dim')] : shown;
  }
  const before = [...statement].slice(0, position - 1).join('');
  const row = before.split('\n').length - 1;
  const column = widthOf(before.slice(before.lastIndexOf('\n') + 1));
  const from = Math.max(0, row - around);
  const to = Math.min(lines.length, row + around + 1);
  const shift = Math.max(0, column - Math.max(10, columns - 20));
  const shown = (index: number): Line =>
    shift > 0 ? shifted(lines[index] ?? [], shift) : (lines[index] ?? []);
  const out: Line[] = from > 0 ? [line('…', 'dim')] : [];
  for (let index = from; index < to; index++) {
    out.push(shown(index));
    if (index === row) out.push([{ text: ' '.repeat(column - shift) }, { text: '^', style: 'danger' }]);
  }
  if (to < lines.length) out.push(line('…', 'dim'));
  return out;
}

function shifted(spans: Line, columns: number): Line {
  let left = columns;
  return spans.flatMap(one => {
    const gone = cutTo(one.text, left);
    left -= widthOf(gone);
    const text = one.text.slice(gone.length);
    return text === '' ? [] : [{ ...one, text }];
  });
}
