import type { Line } from '../../../drawing/text/span.ts';
import type { Call, State } from '../../state/model.ts';

/** Lines that are created only when they are drawn. */
export interface Content {
  readonly length: number;
  line(index: number): Line;
}

/**
 * One tab of the Detail pane. To add one, write a file like those next to this one and list it in tabs.ts.
 */
export interface DetailTab {
  readonly id: string;
  title(state: State, revision: string): string;
  /** The short title for narrow panes. */
  readonly short?: string;
  /** The data to request before it can be drawn; null if everything is loaded or requested. */
  missing(state: State, revision: string): Call | null;
  content(state: State, revision: string, columns: number): Content;
  /** Its lines are wrapped, so it does not scroll horizontally. */
  isWrapped?(state: State): boolean;
  /** The text that `y` copies. */
  copy?(state: State, revision: string): string | null;
}

export const contentOf = (lines: readonly Line[]): Content => ({
  length: lines.length,
  line: index => lines[index] ?? [],
});
