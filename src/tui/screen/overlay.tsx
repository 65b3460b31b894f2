import type { ReactNode } from 'react';
import type { Style } from '../../drawing/theme/style.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import { typeOf } from '../app/registry.ts';
import { type Placed, placeDialog } from '../dialogs/place.ts';
import { Frame } from '../panes/frame.tsx';
import { drawLine, drawRow, markHits } from '../panes/rows.ts';
import type { Dialog, State } from '../state/model.ts';

/** A dialog over the panes. */
export function Overlay({
  state,
  dialog,
  top,
}: {
  readonly state: State;
  readonly dialog: Dialog;
  readonly top: boolean;
}): ReactNode {
  const placed = placeDialog(state, dialog, typeOf(dialog));
  const { rect, title, tone, body, bodyRows } = placed;
  const border: Style =
    tone === 'danger'
      ? 'danger'
      : tone === 'warning'
        ? 'warning'
        : tone === 'ok'
          ? 'ok'
          : top
            ? 'focus'
            : 'border';
  return (
    <Frame
      opaque
      rect={rect}
      title={[{ text: title, style: 'title' }]}
      right={
        body.length > bodyRows
          ? [
              {
                text: `${placed.top + 1}-${Math.min(body.length, placed.top + bodyRows)}/${body.length}`,
                style: 'dim',
              },
            ]
          : []
      }
      focused={top}
      border={border}
      theme={themeOf(state.appearance.theme, state.appearance.depth)}
      ascii={state.appearance.ascii}
      scroll={{ top: placed.top, visible: bodyRows, count: body.length }}
      lines={dialogLines(state, dialog, placed, top)}
    />
  );
}

function dialogLines(state: State, dialog: Dialog, placed: Placed, top: boolean): string[] {
  const columns = placed.rect.width - 4;
  const chooses = typeOf(dialog).selected !== undefined;
  const plain = (line: Parameters<typeof drawLine>[0]): string => drawLine(line, columns, state);
  return [
    ...placed.head.map(plain),
    ...placed.body
      .slice(placed.top, placed.top + placed.bodyRows)
      .map(line => markHits(line, dialog.finding?.field.text ?? ''))
      .map((line, index) =>
        chooses
          ? drawRow(line, columns, state, { selected: placed.top + index === placed.selected, focused: top })
          : plain(line),
      ),
    ...placed.foot.map(plain),
  ];
}
