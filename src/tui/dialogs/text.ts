import { failureLines } from '../../drawing/text/failure.ts';
import type { Line } from '../../drawing/text/span.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import type { Dialog } from '../state/model.ts';
import { copied } from '../state/stack.ts';
import { inDialogs, on, why } from './commands.ts';
import type { DialogType } from './dialog.ts';

/** Something to read. */
export interface TextDialog extends Dialog {
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

const commands = inDialogs([
  {
    id: 'copy-text',
    keys: ['y'],
    where: ['text'],
    title: 'copy',
    about: 'copy the text',
    footer: 2,
    disabled: why<TextDialog>('text', (_state, dialog) =>
      dialog.copy === null ? 'there is nothing to copy' : null,
    ),
    run: on<TextDialog>('text', (state, dialog) => copied(state, dialog.copy ?? '', 'the text')),
  },
]);

export const textType: DialogType<TextDialog> = {
  kind: 'text',
  commands,
  scopes: () => ['text', 'scrolling'],
  title: dialog => dialog.title,
  tone: dialog => dialog.tone,
  width: () => 96,
  body: (dialog, _state, columns) => dialog.lines(columns),
};
