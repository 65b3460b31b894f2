import type { ReactNode } from 'react';
import { timeOf } from '../../drawing/text/journal.ts';
import { type Line, line, textOf } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import type { Overview, RevisionRow } from '../../engine/api.ts';
import { isUnreadable, type Rect } from '../state/layout.ts';
import type { State } from '../state/model.ts';
import { linesOf, linesPerTip, rowsById } from '../state/select.ts';
import { Frame } from './frame.tsx';
import { drawLine, drawRow, fittingName, flagSpans, markHits, wantedIn } from './rows.ts';
import { waitingLine } from './waiting.ts';

/** The state of the database: the tips of the applied revisions. */
export function CurrentPane({ state, rect }: { readonly state: State; readonly rect: Rect }): ReactNode {
  const focused = state.focus === 'current' && state.dialogs.length === 0;
  const { cursor, top } = state.positions.current;
  const count = state.overview?.current.length ?? 0;
  return (
    <Frame
      rect={rect}
      title={[{ text: '1 ', style: 'key' }, { text: 'Current' }]}
      right={
        count > 1 ? [{ text: focused ? `${cursor + 1}/${count}` : String(count), style: 'applied' }] : []
      }
      scroll={{ top, visible: rect.height - 3, count: linesOf(state, 'current').count }}
      focused={focused}
      theme={themeOf(state.appearance.theme, state.appearance.depth)}
      ascii={state.appearance.ascii}
      lines={currentLines(state, rect.width - 4, rect.height - 2, focused)}
    />
  );
}

function currentLines(state: State, columns: number, height: number, focused: boolean): string[] {
  const { overview } = state;
  if (!overview) return [drawLine(waitingLine(state), columns, state)];
  const headline = problem(overview);
  if (headline) {
    const { database } = overview;
    const what =
      database.state === 'missing'
        ? 'the first upgrade creates it'
        : 'Showing files only; database state unknown';
    const failure = isUnreadable(overview) ? database.failure : null;
    return [
      ...wrapped(headline, columns),
      ...(failure ? wrap(failure.message, columns).map(text => line(text)) : []),
      ...(failure?.next ? wrap(failure.next, columns).map(text => line(text, 'accent')) : []),
      ...wrap(what, columns).map(text => line(text, 'dim')),
    ]
      .slice(0, height)
      .map(one => drawLine(one, columns, state));
  }
  const each = linesPerTip(state);
  const { cursor, top } = state.positions.current;
  const from = Math.floor(top / each);
  const available = Math.max(1, Math.floor((height - 1) / each));
  const byId = rowsById(overview);
  const lines = overview.current.slice(from, from + available).flatMap((id, index) => {
    const row = byId.get(id);
    if (!row) return [];
    const at = from + index;
    const selected = at === cursor && state.focus === 'current';
    const glyph = row.state === 'missing' ? 'missing' : 'applied';
    const { ascii } = state.appearance;
    const flags = flagSpans(row, ascii);
    const name: Line = [
      { text: `${glyphsOf(ascii)[glyph]} `, style: glyph },
      ...markHits(
        fittingName(row, columns - 4 - widthOf(textOf(flags)), columns, ascii),
        wantedIn(state, 'current'),
      ),
      ...flags,
    ];
    const drawn = [drawRow(name, columns, state, { selected, focused })];
    return each === 2
      ? [...drawn, drawLine([{ text: `    ${appliedWhen(row, state)}`, style: 'dim' }], columns, state)]
      : drawn;
  });
  if (overview.current.length === 0)
    lines.push(drawLine([{ text: 'nothing applied', style: 'dim' }], columns, state));
  const unknownTables = hasUnknownTables(overview);
  const foot = unknownTables
    ? wrapped(unknownTables, columns).slice(0, Math.max(1, height - 1))
    : [summary(overview)];
  const space = height - foot.length;
  return [
    ...lines.slice(0, space),
    ...Array.from({ length: Math.max(0, space - lines.length) }, () => ''),
    ...foot.map(one => drawLine(one, columns, state)),
  ];
}

const appliedWhen = (row: RevisionRow, state: State): string =>
  row.appliedAt === null ? '' : `applied ${timeOf(row.appliedAt, state)}`;

/** A line of one style over several lines. */
const wrapped = ([span]: Line, columns: number): Line[] =>
  wrap(span?.text ?? '', columns).map(text => line(text, span?.style));

/** By code of the failure. */
const refusedBecause: Readonly<Record<string, string>> = {
  'pooler-statement-mode': 'connection refused',
  'table-locked': 'the migrations table is locked',
  'too-many-connections': 'no free connection',
};

/** Why the state of the database is unknown. */
function problem({ database }: Overview): Line | null {
  switch (database.state) {
    case 'connected':
      return database.table === 'forbidden'
        ? [{ text: 'no permission to read the migrations table', style: 'danger' }]
        : null;
    case 'missing':
      return [{ text: `database ${database.name} does not exist yet`, style: 'warning' }];
    case 'unreachable':
      return [{ text: 'server unreachable; retrying', style: 'danger' }];
    case 'refused':
      return [{ text: refusedBecause[database.failure?.code ?? ''] ?? 'Login rejected', style: 'danger' }];
    case 'locked':
      return [{ text: 'in use by another process', style: 'danger' }];
  }
}

/** There are tables but no migrations table: an upgrade would conflict with them. */
const hasUnknownTables = ({ database, revisions }: Overview): Line | null =>
  database.table === 'absent' && database.otherTables > 0 && revisions.length > 0
    ? [{ text: 'tables exist; press s to mark revisions as applied', style: 'warning' }]
    : null;

function summary(overview: Overview): Line {
  const part = (count: number, word: string, style: 'pending' | 'missing' | 'edited' | 'danger'): Line =>
    count === 0
      ? []
      : [
          { text: ' · ', style: 'border' },
          { text: `${count} ${word}`, style },
        ];
  return [
    { text: `${overview.applied} applied`, style: overview.applied > 0 ? 'applied' : 'dim' },
    ...part(overview.pending.length, 'pending', 'pending'),
    ...part(overview.missing.length, 'missing', 'missing'),
    ...part(overview.edited.length, 'edited', 'edited'),
    ...part(overview.unsettled.length, 'interrupted', 'danger'),
  ];
}
