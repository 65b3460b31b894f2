import type { Line } from '../../drawing/text/span.ts';
import type { Rect } from '../state/layout.ts';
import type { Dialog, State } from '../state/model.ts';
import type { DialogType } from './dialog.ts';

/** The position of a dialog on the screen. */
export interface Placed {
  readonly rect: Rect;
  readonly title: string;
  readonly tone: 'danger' | 'warning' | 'ok' | undefined;
  readonly head: readonly Line[];
  readonly body: readonly Line[];
  readonly foot: readonly Line[];
  /** First visible line of the body, and number of visible lines. */
  readonly top: number;
  readonly bodyRows: number;
  /** The line of the body at the cursor. */
  readonly selected: number | null;
}

/** Columns of the border and its padding, on both sides. */
const sides = 4;

export function placeDialog(state: State, dialog: Dialog, type: DialogType<Dialog>): Placed {
  const { columns, rows } = state.size;
  const available = { columns: columns - 2, rows: rows - 2 };
  const width = Math.max(20, Math.min(available.columns, type.width(dialog, state, available)));
  const inside = width - sides;
  const marked = type.selected ? 2 : 0;
  const selected = type.selected?.(dialog, state, inside - marked) ?? null;
  const head = type.head?.(dialog, state, inside) ?? [];
  const foot = type.foot?.(dialog, state, inside) ?? [];
  const body = type.body(dialog, state, inside - marked);
  const most = Math.max(3, available.rows - 2);
  const bodyRows = Math.max(1, Math.min(body.length, most - head.length - foot.length));
  const footRows = Math.max(0, Math.min(foot.length, most - head.length - bodyRows));
  // The header and the footer of the screen stay visible, also if the head alone is taller.
  const height = Math.min(Math.max(3, available.rows), head.length + bodyRows + footRows + 2);
  const top = topOf(dialog.top, body.length, bodyRows, type.scrollsFreely ? null : selected);
  return {
    rect: {
      x: Math.floor((columns - width) / 2),
      y: Math.max(0, Math.floor((rows - height) / 2)),
      width,
      height,
    },
    title: type.title(dialog, state),
    tone: type.tone?.(dialog, state),
    head: head.slice(0, Math.max(0, height - 2 - bodyRows - footRows)),
    body,
    foot: foot.slice(0, footRows),
    top,
    bodyRows,
    selected,
  };
}

/** The first visible line, so that the line at the cursor is visible. */
function topOf(wanted: number, length: number, rows: number, selected: number | null): number {
  const most = Math.max(0, length - rows);
  if (selected === null) return Math.max(0, Math.min(wanted, most));
  return Math.max(0, Math.min(selected - Math.floor((rows - 1) / 3), most));
}
