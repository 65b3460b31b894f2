import type { Line } from '../../../drawing/text/span.ts';
import type { Call, State } from '../../state/model.ts';

/** Lines that are made only when they are drawn. */
export interface Content {
  readonly length: number;
  line(index: number): Line;
}

/**
 * One tab of the detail pane. To add one, write a file like those beside this one and list it in tabs.ts.
 */
export interface DetailTab {
  readonly id: string;
  title(state: State, revision: string): string;
  /** The title where there is little room. */
  readonly short?: string;
  /** What has to be asked before it can be drawn; null when everything is there or under way. */
  missing(state: State, revision: string): Call | null;
  content(state: State, revision: string, columns: number): Content;
  /** Its lines are wrapped: there is nothing to the right. */
  isWrapped?(state: State): boolean;
  /** What `y` copies. */
  copy?(state: State, revision: string): string | null;
}

export const contentOf = (lines: readonly Line[]): Content => ({
  length: lines.length,
  line: index => lines[index] ?? [],
});
