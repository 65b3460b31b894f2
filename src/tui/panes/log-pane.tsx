import type { ReactNode } from 'react';
import type { Line } from '../../drawing/text/span.ts';
import { sqlLines } from '../../drawing/text/sql.ts';
import { clock } from '../../drawing/text/time.ts';
import type { Style } from '../../drawing/theme/style.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import type { Rect } from '../state/layout.ts';
import type { LogEntry, State } from '../state/model.ts';
import { Frame } from './frame.tsx';
import { drawRow, markHits, wantedIn } from './rows.ts';

/** Events: output of the user's code, statements that ran, and the equivalent commands. */
export function LogPane({ state, rect }: { readonly state: State; readonly rect: Rect }): ReactNode {
  const focused = state.focus === 'log' && state.dialogs.length === 0;
  const { cursor, top } = state.positions.log;
  const visible = rect.height - 2;
  const columns = rect.width - 4;
  const wanted = wantedIn(state, 'log');
  return (
    <Frame
      rect={rect}
      title={[
        { text: '5 ', style: 'key' },
        { text: state.hidesBookkeeping ? 'Log  without bookkeeping' : 'Log' },
      ]}
      right={
        focused && state.log.length > 0 ? [{ text: `${cursor + 1}/${state.log.length}`, style: 'dim' }] : []
      }
      focused={focused}
      theme={themeOf(state.appearance.theme, state.appearance.depth)}
      ascii={state.appearance.ascii}
      scroll={{ top, visible, count: state.log.length }}
      lines={state.log.slice(top, top + visible).map((entry, index) =>
        drawRow(markHits(entryLine(entry), wanted), columns, state, {
          selected: focused && top + index === cursor,
          focused,
          left: state.logLeft,
        }),
      )}
    />
  );
}

const styles: Readonly<Record<LogEntry['kind'], Style | undefined>> = {
  info: undefined,
  warning: 'warning',
  error: 'danger',
  command: 'accent',
  sql: undefined,
  bookkeeping: 'dim',
  project: 'dim',
};

function entryLine({ at, kind, text }: LogEntry): Line {
  const time = { text: `${clock(at)} `, style: 'dim' as const };
  if (kind === 'sql') return [time, ...(sqlLines(text)[0] ?? [])];
  return [
    time,
    { text: kind === 'command' ? '$ ' : kind === 'project' ? '| ' : '', style: 'dim' },
    { text, style: styles[kind] },
  ];
}
