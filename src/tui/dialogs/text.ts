import { failureLines } from '../../drawing/text/failure.ts';
import type { Line } from '../../drawing/text/span.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import type { DialogBase, DialogPart } from './dialog.ts';

/** Something to read. */
export interface TextDialog extends DialogBase {
  readonly kind: 'text';
  readonly title: string;
  readonly tone: 'danger' | 'warning' | 'ok' | undefined;
  readonly lines: (columns: number) => readonly Line[];
  /** What `y` copies. */
  readonly copy: string | null;
}

export const failureDialog = (title: string, failure: FailureInfo, openedBy: string): TextDialog => ({
  kind: 'text',
  title,
  tone: 'danger',
  lines: columns => failureLines(failure, columns),
  copy: [failure.message, failure.sql?.detail, failure.sql?.hint, failure.sql?.statement, failure.next]
    .filter(Boolean)
    .join('\n'),
  top: 0,
  openedBy,
});

export const textPart: DialogPart<TextDialog> = {
  scopes: () => ['text', 'scrolling'],
  title: dialog => dialog.title,
  tone: dialog => dialog.tone,
  width: () => 96,
  body: (dialog, _state, columns) => dialog.lines(columns),
};
