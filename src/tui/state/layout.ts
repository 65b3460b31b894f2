import type { Pane, State } from './model.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The positions of all panes. A pane of height 1 is only its title. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly header: Rect;
  readonly footer: Rect;
  readonly panes: Readonly<Partial<Record<Pane, Rect>>>;
  readonly tooSmall: boolean;
}

export const smallest = { columns: 60, rows: 16 };
/** Two columns are used from this width on. */
const twoColumns = 80;
/** The history shows additional columns from this width on. */
export const wideScreen = 140;

type Shape = Pick<State, 'size' | 'focus' | 'zoomed' | 'look' | 'settings'>;

export function layoutOf(state: Shape): Layout {
  const { columns, rows } = state.size;
  const base = {
    columns,
    rows,
    header: { x: 0, y: 0, width: columns, height: 1 },
    footer: { x: 0, y: rows - 1, width: columns, height: 1 },
  };
  if (columns < smallest.columns || rows < smallest.rows) return { ...base, panes: {}, tooSmall: true };
  const room = { x: 0, y: 1, width: columns, height: rows - 2 };
  if (state.zoomed) return { ...base, panes: { [state.focus]: room }, tooSmall: false };
  return {
    ...base,
    panes: columns < twoColumns ? stacked(state, room) : sideBySide(state, room),
    tooSmall: false,
  };
}

/** One column: the focused pane has the space, the others show their titles. */
function stacked(state: Shape, room: Rect): Layout['panes'] {
  const order: readonly Pane[] = ['current', 'history', 'pending', 'detail', 'log'];
  const panes: Partial<Record<Pane, Rect>> = {};
  let y = room.y;
  for (const pane of order) {
    const height = pane === state.focus ? room.height - (order.length - 1) : 1;
    panes[pane] = { x: room.x, y, width: room.width, height };
    y += height;
  }
  return panes;
}

function sideBySide(state: Shape, room: Rect): Layout['panes'] {
  const left =
    room.width >= wideScreen
      ? Math.min(100, Math.floor(room.width * 0.5))
      : Math.max(34, Math.floor(room.width * 0.36));
  const right = room.width - left;
  if (state.settings.layout === 'calm') return calm(state, room, left);
  const tall = room.height >= 26;
  const tips = Math.min(3, Math.max(1, state.look?.current.length ?? 1));
  const current = tall ? 3 + tips * 2 : 4;
  const rest = room.height - current;
  const wanted = (state.look?.pending.length ?? 0) + 2;
  const pending = Math.max(tall ? 5 : 4, Math.min(wanted, Math.floor(rest * 0.34)));
  const history = rest - pending;
  const log = tall ? Math.max(7, Math.floor(room.height * 0.2)) : 6;
  const x = room.x + left;
  return {
    current: { x: room.x, y: room.y, width: left, height: current },
    history: { x: room.x, y: room.y + current, width: left, height: history },
    pending: { x: room.x, y: room.y + current + history, width: left, height: pending },
    detail: { x, y: room.y, width: right, height: room.height - log },
    log: { x, y: room.y + room.height - log, width: right, height: log },
  };
}

/** One pane on each side: the focused one, or the most important one. */
function calm({ focus }: Shape, room: Rect, left: number): Layout['panes'] {
  return {
    [focus === 'current' || focus === 'pending' ? focus : 'history']: { ...room, width: left },
    [focus === 'log' ? 'log' : 'detail']: { ...room, x: room.x + left, width: room.width - left },
  };
}

/** The pane at a cell. */
export function paneAt(layout: Layout, x: number, y: number): Pane | null {
  for (const [pane, rect] of Object.entries(layout.panes) as [Pane, Rect][]) {
    if (x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height) return pane;
  }
  return null;
}
