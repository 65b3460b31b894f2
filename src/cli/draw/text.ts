import { widthOf } from '../../drawing/text/width.ts';

/** Indents every line. */
export function indent(text: string, by = 2): string {
  return text
    .split('\n')
    .map(line => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n');
}

/** A part of a line: its text for measuring, and how to style it afterwards. */
export interface Cell {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/** Rows of cells in aligned columns two spaces apart; columns that are empty in every row are omitted. */
export function table(rows: readonly (readonly Cell[])[]): string {
  const widths: number[] = [];
  const measured = rows.map(row =>
    row.map(({ text }, at) => {
      const width = widthOf(text);
      widths[at] = Math.max(widths[at] ?? 0, width);
      return width;
    }),
  );
  const lines = rows.map((row, line) => {
    let drawn = '';
    let gap = '';
    for (const [at, { text, paint }] of row.entries()) {
      const column = widths[at] as number;
      if (column === 0) continue;
      const width = measured[line]?.[at] as number;
      drawn += gap + (paint ? paint(text) : text);
      gap = ' '.repeat(column - width + 2);
    }
    return drawn.trimEnd();
  });
  return lines.join('\n');
}
