import type { ReactNode } from 'react';
import { paint } from '../../drawing/theme/paint.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import { footerLine } from '../app/footer-line.ts';
import { At } from '../panes/frame.tsx';
import type { State } from '../state/model.ts';

/** The last line of the screen. */
export function Footer({ state }: { readonly state: State }): ReactNode {
  const { columns, rows } = state.size;
  const { ascii, theme, depth } = state.appearance;
  return <At x={0} y={rows - 1} text={paint(footerLine(state), columns, themeOf(theme, depth), { ascii })} />;
}
