import type { ReactNode } from 'react';
import { failureLines } from '../../../drawing/text/failure.ts';
import { timeOf } from '../../../drawing/text/journal.ts';
import { type Line, line, type Span } from '../../../drawing/text/span.ts';
import { wrap } from '../../../drawing/text/wrap.ts';
import { themeOf } from '../../../drawing/theme/theme.ts';
import type { RevisionRow } from '../../../engine/api.ts';
import type { Rect } from '../../state/layout.ts';
import type { State } from '../../state/model.ts';
import { contextsOf, detailHead, nameOf, selectedRow } from '../../state/select.ts';
import { Frame } from '../frame.tsx';
import { drawLine, markHits, wantedIn } from '../rows.ts';
import { waitingLine } from '../waiting.ts';
import { detailContent } from './scrolling.ts';
import { tabBar } from './tab-bar.ts';

/** The selected revision, or why there is none. */
export function DetailPane({ state, rect }: { readonly state: State; readonly rect: Rect }): ReactNode {
  const focused = state.focus === 'detail' && state.dialogs.length === 0;
  const row = selectedRow(state);
  const columns = rect.width - 4;
  const visible = Math.max(1, rect.height - 2 - detailHead);
  const content = row === null ? null : detailContent(state);
  const top = content === null ? 0 : Math.max(0, Math.min(state.detailScroll.top, content.length - visible));
  return (
    <Frame
      rect={rect}
      title={
        row === null
          ? [{ text: '4 ', style: 'key' }, { text: 'Detail' }]
          : [
              { text: '4 ', style: 'key' },
              { text: `${row.shortId} `, style: 'dim' },
              { text: row.slug || 'Detail', style: 'title' },
            ]
      }
      right={
        content !== null && content.length > visible
          ? [
              {
                text: `${top + 1}-${Math.min(content.length, top + visible)}/${content.length}`,
                style: 'dim',
              },
            ]
          : []
      }
      focused={focused}
      theme={themeOf(state.appearance.theme, state.appearance.depth)}
      ascii={state.appearance.ascii}
      scroll={content === null ? null : { top, visible, count: content.length }}
      lines={
        content === null || row === null
          ? instead(state, columns).map(one => drawLine(one, columns, state))
          : [
              drawLine(sentence(row, state), columns, state),
              ...tabBar(state).map(one => drawLine(one, columns, state)),
              ...Array.from({ length: Math.min(visible, content.length - top) }, (_, index) =>
                drawLine(
                  markHits(content.line(top + index), wantedIn(state, 'detail')),
                  columns,
                  state,
                  state.detailScroll.left,
                ),
              ),
            ]
      }
    />
  );
}

/** Shown if there is no revision. */
function instead(state: State, columns: number): Line[] {
  if (state.link.is === 'lost') {
    return [
      line('The engine stopped.', 'danger'),
      ...wrap(state.link.exit.lastOutput, columns)
        .slice(-20)
        .map(text => line(text, 'dim')),
      [],
      line('Press r to restart it.', 'accent'),
    ];
  }
  if (state.overviewFailure)
    return [
      ...failureLines(state.overviewFailure, columns),
      [],
      line('Press r to retry.', 'accent'),
      ...(contextsOf(state).length > 0 ? [line('Press C to switch to another context.', 'accent')] : []),
    ];
  if (!state.overview) return [waitingLine(state)];
  const { problems, database } = state.overview;
  if (problems.length > 0) {
    return failureLines(
      {
        code: 'problems',
        message: 'The migration files have problems. Fix them before running anything.',
        problems,
      },
      columns,
    );
  }
  if (database.failure) return failureLines(database.failure, columns);
  if (state.overview.revisions.length > 0) {
    return [line('no revisions match the filter', 'warning'), [], line('Esc clears it', 'accent')];
  }
  const notes = state.overview.notes.flatMap(note => wrap(note, columns).map(text => line(text)));
  return [
    line('no revisions yet', 'dim'),
    ...notes,
    [],
    line('Press n to create the first one; ? shows all keys.', 'accent'),
  ];
}

/** `pending · revises 20261110 add_user_id · Ana, 2 days ago`. */
function sentence(row: RevisionRow, state: State): Line {
  const detail = state.details.get(row.id);
  const parts: Span[][] = [[{ text: row.state, style: row.state === 'unknown' ? 'dim' : row.state }]];
  if (row.appliedAt !== null) parts[0]?.push({ text: ` ${timeOf(row.appliedAt, state)}`, style: 'dim' });
  if (row.edited) parts.push([{ text: 'edited after it was applied', style: 'edited' }]);
  if (row.outOfOrder) parts.push([{ text: 'out of order', style: 'warning' }]);
  parts.push([
    {
      text:
        row.revises.length === 0
          ? 'root revision'
          : `${row.revises.length > 1 ? 'merges' : 'revises'} ${row.revises.map(id => nameOf(state, id)).join(' and ')}`,
      style: 'dim',
    },
  ]);
  if (row.inferred) parts.push([{ text: 'inferred', style: 'dim' }]);
  if (row.dependsOn.length > 0)
    parts.push([
      { text: `depends on ${row.dependsOn.map(id => nameOf(state, id)).join(', ')}`, style: 'dim' },
    ]);
  if (row.replaces.length > 0) parts.push([{ text: `replaces ${row.replaces.length}`, style: 'dim' }]);
  if (row.labels.length > 0) parts.push([{ text: row.labels.join(' '), style: 'accent' }]);
  if (detail?.is === 'ready' && detail.value.author)
    parts.push([
      { text: `${detail.value.author.name}, ${timeOf(detail.value.author.at, state)}`, style: 'dim' },
    ]);
  return parts.flatMap((part, index) =>
    index === 0 ? part : [{ text: ' · ', style: 'border' as const }, ...part],
  );
}
