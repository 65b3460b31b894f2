import type { ReactNode } from 'react';
import { type Line, textOf } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import type { Rect } from '../state/layout.ts';
import type { State } from '../state/model.ts';
import { rowsById } from '../state/select.ts';
import { unknownIn } from '../state/why-not.ts';
import { Frame } from './frame.tsx';
import { drawLine, drawRow, fittingName, flagSpans, markHits, wantedIn } from './rows.ts';

/** The revisions that an upgrade to the heads would run, in order. */
export function PendingPane({ state, rect }: { readonly state: State; readonly rect: Rect }): ReactNode {
  const focused = state.focus === 'pending' && state.dialogs.length === 0;
  const count = state.overview?.pending.length ?? 0;
  const { cursor, top } = state.positions.pending;
  return (
    <Frame
      rect={rect}
      title={[{ text: '3 ', style: 'key' }, { text: 'Pending' }]}
      right={count > 0 ? [{ text: `${focused ? `${cursor + 1}/` : ''}${count}`, style: 'pending' }] : []}
      focused={focused}
      theme={themeOf(state.appearance.theme, state.appearance.depth)}
      ascii={state.appearance.ascii}
      scroll={{ top, visible: rect.height - 2, count }}
      lines={pendingLines(state, rect.width - 4, rect.height - 2, focused)}
    />
  );
}

function pendingLines(state: State, columns: number, visible: number, focused: boolean): string[] {
  const { overview, appearance } = state;
  if (!overview) return [];
  if (unknownIn(overview)) return [drawLine([{ text: 'unknown', style: 'dim' }], columns, state)];
  if (overview.pending.length === 0) {
    const summary =
      overview.problems.length > 0
        ? 'the migration files have problems'
        : overview.revisions.length === 0
          ? 'no revisions yet'
          : 'up to date';
    return [
      drawLine([{ text: summary, style: overview.problems.length > 0 ? 'danger' : 'ok' }], columns, state),
    ];
  }
  const { cursor, top } = state.positions.pending;
  const digits = String(overview.pending.length).length;
  const byId = rowsById(overview);
  return overview.pending.slice(top, top + visible).flatMap((id, index) => {
    const row = byId.get(id);
    if (!row) return [];
    const at = top + index;
    const { ascii } = appearance;
    const flags = flagSpans(row, ascii);
    const forName = columns - digits - 5 - widthOf(textOf(flags));
    const line: Line = [
      { text: `${String(at + 1).padStart(digits)} `, style: 'dim' },
      { text: `${glyphsOf(ascii).pending} `, style: 'pending' },
      ...markHits(fittingName(row, forName, columns, ascii), wantedIn(state, 'pending')),
      ...flags,
    ];
    return [drawRow(line, columns, state, { selected: at === cursor && state.list === 'pending', focused })];
  });
}
