import { Box } from 'ink';
import type { ReactNode } from 'react';
import { CurrentPane } from '../panes/current-pane.tsx';
import { DetailPane } from '../panes/detail/detail-pane.tsx';
import { At } from '../panes/frame.tsx';
import { HistoryPane } from '../panes/history/history-pane.tsx';
import { LogPane } from '../panes/log-pane.tsx';
import { PendingPane } from '../panes/pending-pane.tsx';
import { layoutOf, smallest } from '../state/layout.ts';
import type { Pane, State } from '../state/model.ts';
import { anyRuns } from '../state/select.ts';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { Overlay } from './overlay.tsx';

const panes = {
  current: CurrentPane,
  history: HistoryPane,
  pending: PendingPane,
  detail: DetailPane,
  log: LogPane,
} as const;

/** The whole screen: exactly as many rows and columns as the terminal has. */
export function Screen({ state }: { readonly state: State }): ReactNode {
  const layout = layoutOf(state);
  const { columns, rows } = state.size;
  const stack = state.dialogs.map((dialog, depth) => ({ dialog, depth }));
  if (layout.tooSmall) return <TooSmall columns={columns} rows={rows} running={anyRuns(state)} />;
  return (
    <Box width={columns} height={rows}>
      <Header state={state} />
      {(Object.keys(layout.panes) as Pane[]).map(pane => {
        const PaneOf = panes[pane];
        const rect = layout.panes[pane];
        return rect && <PaneOf key={pane} state={state} rect={rect} />;
      })}
      {stack.map(({ dialog, depth }) => (
        <Overlay key={depth} state={state} dialog={dialog} top={depth === stack.length - 1} />
      ))}
      <Footer state={state} />
    </Box>
  );
}

function TooSmall({
  columns,
  rows,
  running,
}: {
  readonly columns: number;
  readonly rows: number;
  readonly running: boolean;
}): ReactNode {
  const lines = [
    `migtui needs ${smallest.columns}x${smallest.rows}`,
    `this terminal is ${columns}x${rows}`,
    running ? 'a run is in progress; Ctrl-C twice cancels it' : 'q quits',
  ];
  return (
    <Box width={columns} height={rows}>
      {lines.slice(0, rows).map((text, index) => (
        <At key={text} x={0} y={index} text={text.slice(0, columns)} />
      ))}
    </Box>
  );
}
