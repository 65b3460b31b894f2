import { palettes } from './palettes.ts';
import type { Shades, Style } from './style.ts';

export const themeNames = ['dark', 'light', 'high-contrast', 'none'] as const;
export type ThemeName = (typeof themeNames)[number];

/** The number of colours that the terminal supports. */
export type ColourDepth = 16 | 256;

export interface Theme {
  readonly name: ThemeName;
  /** SGR parameters per style; a missing style is plain. */
  readonly sgr: Readonly<Partial<Record<Style, string>>>;
  /** SGR parameters of a selected line, in the focused pane and in others. */
  readonly selected: string;
  readonly marked: string;
}

const cache = new Map<string, Theme>();

export function themeOf(name: ThemeName, depth: ColourDepth): Theme {
  const id = `${name}/${depth}`;
  const known = cache.get(id);
  if (known) return known;
  const theme = build(
    name,
    depth === 16 && name !== 'none' ? palettes.basic(name === 'light') : palettes[name],
  );
  cache.set(id, theme);
  return theme;
}

function build(name: ThemeName, shades: Shades): Theme {
  return { name, sgr: shades.sgr, selected: shades.selected, marked: shades.marked };
}
