import { type Line, line } from '../../../drawing/text/span.ts';
import { sqlLines } from '../../../drawing/text/sql.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import type { SqlPreview } from '../../../engine/api.ts';
import type { Content, DetailTab } from './tab.ts';
import { detailOf, whenLoaded } from './waiting.ts';

const side = (id: 'up' | 'down', title: string): DetailTab => ({
  id,
  title: () => title,
  missing: () => null,
  content: (state, revision, columns) =>
    whenLoaded(detailOf(state, revision), columns, detail => previewContent(detail[id], columns)),
  copy: (state, revision) => {
    const detail = detailOf(state, revision);
    return detail?.is === 'ready' ? scriptOf(detail.value[id].sql) : null;
  },
});

export const upSqlTab = side('up', 'Up SQL');
export const downSqlTab = side('down', 'Down SQL');

/** Statements as a script. */
export const scriptOf = (sql: readonly string[]): string => sql.map(terminated).join('\n');

const terminated = (statement: string): string => (/;\s*$/.test(statement) ? statement : `${statement};`);

/** The notes on a preview, then its statements; a statement is coloured when it comes into sight. */
export function previewContent(preview: SqlPreview, columns: number): Content {
  const notes: Line[] = [];
  if (!preview.transactional && preview.sql.length > 0)
    notes.push(line('runs outside a transaction', 'warning'));
  if (preview.note) notes.push(...wrap(preview.note, columns).map(text => line(text, 'warning')));
  else if (!preview.complete)
    notes.push(line('it can do more than is shown: its code decides while it runs', 'warning'));
  if (preview.sql.length === 0 && notes.length === 0) notes.push(line('no SQL: nothing to do', 'dim'));
  if (notes.length > 0 && preview.sql.length > 0) notes.push([]);
  return join(notes, preview.sql.map(terminated));
}

function join(notes: readonly Line[], statements: readonly string[]): Content {
  const starts: number[] = [];
  let length = notes.length;
  for (const statement of statements) {
    starts.push(length);
    length += statement.split('\n').length;
  }
  return {
    length,
    line(index) {
      if (index < notes.length) return notes[index] ?? [];
      const at = lastNotAfter(starts, index);
      return sqlLines(statements[at] ?? '')[index - (starts[at] ?? 0)] ?? [];
    },
  };
}

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
