import type { ReactNode } from 'react';
import { timeOf } from '../../drawing/text/journal.ts';
import type { Line } from '../../drawing/text/span.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import type { Look, RevisionRow } from '../../engine/api.ts';
import type { Rect } from '../state/layout.ts';
import type { State } from '../state/model.ts';
import { linesOf, linesPerTip, rowsById } from '../state/select.ts';
import { Frame } from './frame.tsx';
import { drawLine, drawRow, flagSpans, markHits, nameSpans, wantedIn } from './rows.ts';
import { waitingLine } from './waiting.ts';

/** The state of the database: the tips of the applied revisions. */
export function CurrentPane({ state, rect }: { readonly state: State; readonly rect: Rect }): ReactNode {
  const focused = state.focus === 'current' && state.dialogs.length === 0;
  const { cursor, top } = state.positions.current;
  const count = state.look?.current.length ?? 0;
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
  const { look } = state;
  if (!look) return [drawLine(waitingLine(state), columns, state)];
  const troubles = trouble(look);
  if (troubles)
    return [
      drawLine(troubles, columns, state),
      drawLine(
        [
          {
            text:
              look.database.state === 'missing'
                ? 'the first upgrade creates it'
                : 'Showing files only; database state unknown',
            style: 'dim',
          },
        ],
        columns,
        state,
      ),
    ];
  const each = linesPerTip(state);
  const { cursor, top } = state.positions.current;
  const from = Math.floor(top / each);
  const room = Math.max(1, Math.floor((height - 1) / each));
  const byId = rowsById(look);
  const lines = look.current.slice(from, from + room).flatMap((id, index) => {
    const row = byId.get(id);
    if (!row) return [];
    const at = from + index;
    const selected = at === cursor && state.focus === 'current';
    const glyph = row.state === 'missing' ? 'missing' : 'applied';
    const name: Line = [
      { text: `${glyphsOf(state.appearance.ascii)[glyph]} `, style: glyph },
      ...markHits(nameSpans(row, columns), wantedIn(state, 'current')),
      ...flagSpans(row, state.appearance.ascii),
    ];
    const drawn = [drawRow(name, columns, state, { selected, focused })];
    return each === 2
      ? [...drawn, drawLine([{ text: `    ${appliedWhen(row, state)}`, style: 'dim' }], columns, state)]
      : drawn;
  });
  if (look.current.length === 0)
    lines.push(drawLine([{ text: 'nothing applied', style: 'dim' }], columns, state));
  return [
    ...lines.slice(0, height - 1),
    ...Array.from({ length: Math.max(0, height - 1 - lines.length) }, () => ''),
    drawLine(hasUnknownTables(look) ?? summary(look), columns, state),
  ];
}

const appliedWhen = (row: RevisionRow, state: State): string =>
  row.appliedAt === null ? '' : `applied ${timeOf(row.appliedAt, state)}`;

/** Why the state of the database is unknown. */
function trouble({ database }: Look): Line | null {
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
      return [{ text: 'Login rejected', style: 'danger' }];
    case 'locked':
      return [{ text: 'in use by another process', style: 'danger' }];
  }
}

/** There are tables but no migrations table: an upgrade would conflict with them. */
const hasUnknownTables = ({ database, revisions }: Look): Line | null =>
  database.table === 'absent' && database.otherTables > 0 && revisions.length > 0
    ? [{ text: 'tables exist; press s to mark revisions as applied', style: 'warning' }]
    : null;

function summary(look: Look): Line {
  const part = (count: number, word: string, style: 'pending' | 'missing' | 'edited' | 'danger'): Line =>
    count === 0
      ? []
      : [
          { text: ' · ', style: 'border' },
          { text: `${count} ${word}`, style },
        ];
  return [
    { text: `${look.applied} applied`, style: look.applied > 0 ? 'applied' : 'dim' },
    ...part(look.pending.length, 'pending', 'pending'),
    ...part(look.missing.length, 'missing', 'missing'),
    ...part(look.edited.length, 'edited', 'edited'),
    ...part(look.unsettled.length, 'interrupted', 'danger'),
  ];
}
