import { formattedSoFar } from '../../../drawing/text/format-sql.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import { manyStatements, type SqlView } from '../../../drawing/text/statement.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import type { SqlPreview } from '../../../engine/api.ts';
import type { Content, DetailTab } from './tab.ts';
import { detailOf, whenLoaded } from './waiting.ts';

const side = (id: 'up' | 'down', short: string): DetailTab => ({
  id,
  short,
  title: () => `${short} SQL`,
  missing: () => null,
  content: (state, revision, columns) =>
    whenLoaded(detailOf(state, revision), columns, detail =>
      previewContent(detail[id], { columns, original: state.originalSql }),
    ),
  isWrapped: state => !state.originalSql,
  copy: (state, revision) => {
    const detail = detailOf(state, revision);
    return detail?.is === 'ready' ? scriptOf(detail.value[id].sql) : null;
  },
});

export const upSqlTab = side('up', 'Up');
export const downSqlTab = side('down', 'Down');

/** Statements as a script. */
export const scriptOf = (sql: readonly string[]): string => sql.map(terminated).join('\n');

const terminated = (statement: string): string => (/;\s*$/.test(statement) ? statement : `${statement};`);

const contents = new WeakMap<SqlPreview, { readonly key: string; readonly content: Content }>();

/** The notes of a preview, then its statements. */
export function previewContent(preview: SqlPreview, view: SqlView): Content {
  const key = `${view.columns} ${view.original} ${formattedSoFar()}`;
  const known = contents.get(preview);
  if (known?.key === key) return known.content;
  const content = makeContent(preview, view);
  contents.set(preview, { key, content });
  return content;
}

function makeContent(preview: SqlPreview, view: SqlView): Content {
  const { columns } = view;
  const notes: Line[] = [];
  if (!preview.transactional && preview.sql.length > 0)
    notes.push(line('runs outside a transaction', 'warning'));
  if (preview.note) notes.push(...wrap(preview.note, columns).map(text => line(text, 'warning')));
  else if (!preview.complete)
    notes.push(line('may do more than shown: its code decides at run time', 'warning'));
  if (preview.sql.length === 0 && notes.length === 0) notes.push(line('no SQL', 'dim'));
  if (notes.length > 0 && preview.sql.length > 0) notes.push([]);
  const statements = manyStatements(preview.sql.map(terminated), view);
  return {
    length: notes.length + statements.length,
    line: index => notes[index] ?? statements.line(index - notes.length),
  };
}
