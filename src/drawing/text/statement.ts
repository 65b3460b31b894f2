import { foldWords } from './fold.ts';
import { formatted } from './format-sql.ts';
import type { Line } from './span.ts';
import { sqlLines } from './sql.ts';
import { widthOf } from './width.ts';

/** How statements are shown. */
export interface SqlView {
  readonly columns: number;
  /** As it is written in the file, however long its lines are. */
  readonly original: boolean;
}

/** A statement to be read whole: over several lines where it is longer than one, and wrapped. */
export const statementLines = (sql: string, view: SqlView): readonly Line[] =>
  staysAsIs(sql, view) ? sqlLines(sql) : brokenLines(sql, view);

/** The lines of many statements; those that stay as they are get their colours when they come into sight. */
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

/** Lines longer than this are hard to read, however wide the screen is. */
const comfortable = 90;

const staysAsIs = (sql: string, { columns, original }: SqlView): boolean =>
  original || sql.split('\n').every(one => widthOf(one) <= Math.min(columns, comfortable));

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
