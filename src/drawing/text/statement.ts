import { foldWords } from './fold.ts';
import { formatted } from './format-sql.ts';
import type { Line } from './span.ts';
import { sqlLines } from './sql.ts';
import { widthOf } from './width.ts';

/** Options for showing statements. */
export interface SqlView {
  readonly columns: number;
  /** As written in the file, regardless of line length. */
  readonly original: boolean;
}

/** Shows a statement in full: formatted if it is long, and wrapped. */
export const statementLines = (sql: string, view: SqlView): readonly Line[] =>
  staysAsIs(sql, view) ? sqlLines(sql) : brokenLines(sql, view);

/** The lines of many statements; unformatted ones are highlighted when they become visible. */
export function manyStatements(statements: readonly string[], view: SqlView): LazyLines {
  const blocks = statements.map(sql => {
    if (!staysAsIs(sql, view)) {
      const lines = brokenLines(sql, view);
      return { count: lines.length, lines: () => lines };
    }
    return { count: sql.split('\n').length, lines: () => sqlLines(sql) };
  });
  const starts: number[] = [];
  let length = 0;
  for (const { count } of blocks) {
    starts.push(length);
    length += count;
  }
  return {
    length,
    line(index) {
      const at = lastNotAfter(starts, index);
      return blocks[at]?.lines()[index - (starts[at] ?? 0)] ?? [];
    },
  };
}

export interface LazyLines {
  readonly length: number;
  line(index: number): Line;
}

/** Longer lines are hard to read, even on a wide screen. */
const readableColumns = 90;

const staysAsIs = (sql: string, { columns, original }: SqlView): boolean =>
  original || sql.split('\n').every(one => widthOf(one) <= Math.min(columns, readableColumns));

const brokenLines = (sql: string, { columns }: SqlView): readonly Line[] =>
  sqlLines(formatted(sql) ?? sql).flatMap(one => foldWords(one, columns, 4));

function lastNotAfter(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
