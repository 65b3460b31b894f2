import { padTo, widthOf } from '../../drawing/text/width.ts';

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
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: columns }, (_, at) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[at]?.text ?? '')), 0),
  );
  return rows
    .map(row =>
      row
        .map((cell, at) => ({ cell, width: widths[at] as number }))
        .filter(({ width }) => width > 0)
        .map(({ cell, width }) => {
          const padding = padTo(cell.text, width).slice(cell.text.length);
          return (cell.paint ? cell.paint(cell.text) : cell.text) + padding;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
