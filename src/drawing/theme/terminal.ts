import type { ColourDepth, ThemeName } from './theme.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The theme according to the environment; null: query the terminal's background. */
export function themeFrom(env: Environment): ThemeName | null {
  if (env.NO_COLOR) return 'none';
  // `COLORFGBG` is `foreground;background` in the 16 ANSI colours; 7 and 9 or more are light.
  const background = Number(env.COLORFGBG?.split(';').at(-1) || Number.NaN);
  if (Number.isNaN(background)) return null;
  return background === 7 || background >= 9 ? 'light' : 'dark';
}

export function depthFrom(env: Environment): ColourDepth {
  const term = env.TERM ?? '';
  if (env.COLORTERM || /256|kitty|alacritty|ghostty|wezterm|direct/.test(term)) return 256;
  if (env.WT_SESSION || env.TERM_PROGRAM) return 256;
  return 16;
}

/** Whether the terminal probably supports Unicode. */
export function unicodeFrom(env: Environment, platform: NodeJS.Platform): boolean {
  if (env.TERM === 'linux') return false;
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return platform === 'darwin' ? !/^(C|POSIX)$/.test(locale) : /utf-?8/i.test(locale);
}

/** `light` or `dark` from a terminal's answer to OSC 11 (`rgb:RRRR/GGGG/BBBB`); null if it is invalid. */
export function backgroundOf(reply: string): 'light' | 'dark' | null {
  const match = /rgba?:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)/i.exec(reply);
  if (!match) return null;
  const [red, green, blue] = match
    .slice(1, 4)
    .map(hex => Number.parseInt(hex, 16) / (16 ** hex.length - 1)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? 'light' : 'dark';
}
