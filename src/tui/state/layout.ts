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

type Shape = Pick<State, 'size' | 'focus' | 'zoomed' | 'overview' | 'settings'>;

export function layoutOf(state: Shape): Layout {
  const { columns, rows } = state.size;
  const base = {
    columns,
    rows,
    header: { x: 0, y: 0, width: columns, height: 1 },
    footer: { x: 0, y: rows - 1, width: columns, height: 1 },
  };
  if (columns < smallest.columns || rows < smallest.rows) return { ...base, panes: {}, tooSmall: true };
  const area = { x: 0, y: 1, width: columns, height: rows - 2 };
  if (state.zoomed) return { ...base, panes: { [state.focus]: area }, tooSmall: false };
  return {
    ...base,
    panes: columns < twoColumns ? stacked(state, area) : sideBySide(state, area),
    tooSmall: false,
  };
}

/** One column: the focused pane has the space, the others show their titles. */
function stacked(state: Shape, area: Rect): Layout['panes'] {
  const order: readonly Pane[] = ['current', 'history', 'pending', 'detail', 'log'];
  const panes: Partial<Record<Pane, Rect>> = {};
  let y = area.y;
  for (const pane of order) {
    const height = pane === state.focus ? area.height - (order.length - 1) : 1;
    panes[pane] = { x: area.x, y, width: area.width, height };
    y += height;
  }
  return panes;
}

/** Whether the database cannot be read: the Current pane then has space for the reason. */
export const isUnreadable = (overview: State['overview']): boolean =>
  overview !== null && overview.database.failure !== null && overview.database.state !== 'missing';

function sideBySide(state: Shape, area: Rect): Layout['panes'] {
  const left =
    area.width >= wideScreen
      ? Math.min(100, Math.floor(area.width * 0.5))
      : Math.max(34, Math.floor(area.width * 0.36));
  const right = area.width - left;
  if (state.settings.layout === 'calm') return calm(state, area, left);
  const tall = area.height >= 26;
  const tips = Math.min(3, Math.max(1, state.overview?.current.length ?? 1));
  const current = isUnreadable(state.overview) ? (tall ? 10 : 8) : tall ? 3 + tips * 2 : 4;
  const rest = area.height - current;
  const wanted = (state.overview?.pending.length ?? 0) + 2;
  const pending = Math.max(tall ? 5 : 4, Math.min(wanted, Math.floor(rest * 0.34)));
  const history = rest - pending;
  const log = tall ? Math.max(7, Math.floor(area.height * 0.2)) : 6;
  const x = area.x + left;
  return {
    current: { x: area.x, y: area.y, width: left, height: current },
    history: { x: area.x, y: area.y + current, width: left, height: history },
    pending: { x: area.x, y: area.y + current + history, width: left, height: pending },
    detail: { x, y: area.y, width: right, height: area.height - log },
    log: { x, y: area.y + area.height - log, width: right, height: log },
  };
}

/** One pane on each side: the focused one, or the most important one. */
function calm({ focus }: Shape, area: Rect, left: number): Layout['panes'] {
  return {
    [focus === 'current' || focus === 'pending' ? focus : 'history']: { ...area, width: left },
    [focus === 'log' ? 'log' : 'detail']: { ...area, x: area.x + left, width: area.width - left },
  };
}

/** The pane at a cell. */
export function paneAt(layout: Layout, x: number, y: number): Pane | null {
  for (const [pane, rect] of Object.entries(layout.panes) as [Pane, Rect][]) {
    if (x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height) return pane;
  }
  return null;
}
