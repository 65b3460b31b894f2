import type { Style } from '../theme/style.ts';

/** A piece of text in one style. The text may contain anything: drawing makes it safe. */
export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** One line of the screen. */
export type Line = readonly Span[];

export const span = (text: string, style?: Style): Span => ({ text, style });

/** A line with a single style. */
export const line = (text: string, style?: Style): Line => [{ text, style }];

export const textOf = (spans: Line): string => spans.map(one => one.text).join('');
