import { stripVTControlCharacters } from 'node:util';
import { Box } from 'ink';
import { render } from 'ink-testing-library';
import type { ReactNode } from 'react';
import { typeOf } from '../../src/tui/app/registry.ts';
import { placeDialog } from '../../src/tui/dialogs/place.ts';
import { Overlay } from '../../src/tui/screen/overlay.tsx';
import { defaultSettings } from '../../src/tui/settings.ts';
import { initialState } from '../../src/tui/state/initial.ts';
import type { Rect } from '../../src/tui/state/layout.ts';
import type { Dialog, State } from '../../src/tui/state/model.ts';
import { clampAll } from '../../src/tui/state/moving.ts';
import { open } from '../../src/tui/state/stack.ts';
import { FakeEngine, type FakeOptions } from './fake-engine.ts';
import { noon } from './screen.ts';

/*
 * One pane or dialog drawn from a state, without a terminal: `screen.ts` has the whole app.
 */

/** The state of an app with a simulated project. */
export async function lookedAt(options: FakeOptions = {}): Promise<State> {
  const overview = await new FakeEngine({ now: noon, ...options }).api.overview();
  const start = initialState(
    { ...defaultSettings, motion: false },
    { theme: 'none', depth: 16, ascii: false },
    { columns: 100, rows: 36 },
    noon,
  );
  return clampAll({ ...start, link: { is: 'ready' }, overview, known: overview });
}

/** A pane drawn at a size. */
export function drawPane(
  Pane: (props: { readonly state: State; readonly rect: Rect }) => ReactNode,
  state: State,
  width: number,
  height: number,
): string {
  return drawn(<Pane state={state} rect={{ x: 0, y: 0, width, height }} />, width, height);
}

/** A dialog drawn at its preferred size. */
export function drawDialog(dialog: Dialog, state: State): string {
  const opened = open(state, dialog);
  const { rect } = placeDialog(opened, dialog, typeOf(dialog));
  const frame = drawn(<Overlay state={opened} dialog={dialog} top />, state.size.columns, state.size.rows);
  return frame
    .split('\n')
    .slice(rect.y, rect.y + rect.height)
    .map(line => line.slice(rect.x))
    .join('\n');
}

function drawn(node: ReactNode, width: number, height: number): string {
  const { lastFrame, unmount } = render(
    <Box width={width} height={height}>
      {node}
    </Box>,
  );
  const frame = stripVTControlCharacters(lastFrame() ?? '');
  unmount();
  return frame;
}
