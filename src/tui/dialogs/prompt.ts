import { fieldOf, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import { type Change, only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { close, notified, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { fieldSpans } from './field-line.ts';

/** A prompt for one text, such as the message of a merge revision. */
export interface PromptDialog extends Dialog {
  readonly kind: 'prompt';
  readonly title: string;
  readonly tone?: 'danger' | undefined;
  readonly label: string;
  readonly field: TextField;
  /** The only text that is accepted. */
  readonly wanted?: string | undefined;
  readonly about: string;
  /** Called with the text; the prompt is closed first. */
  readonly accept: (state: State, text: string) => Change;
}

export interface PromptOptions {
  readonly title: string;
  readonly tone?: 'danger';
  readonly label: string;
  /** The only text that is accepted. */
  readonly wanted?: string;
  /** The initial text. */
  readonly text: string;
  readonly about: string;
  readonly openedBy: string;
  readonly accept: (state: State, text: string) => Change;
}

export const prompt = ({ text, ...options }: PromptOptions): PromptDialog => ({
  kind: 'prompt',
  field: fieldOf(text),
  top: 0,
  ...options,
});

const commands = inDialogs([
  {
    id: 'accept-text',
    keys: ['enter'],
    where: ['prompt'],
    title: 'continue',
    about: 'accept the typed text',
    footer: 1,
    run: on<PromptDialog>('prompt', (state, dialog) => {
      const text = dialog.field.text.trim();
      const { wanted } = dialog;
      if (wanted !== undefined && text !== wanted)
        return notified(state, `type ${wanted} to confirm`, 'warning');
      return text === ''
        ? notified(state, `enter a ${dialog.label}`, 'warning')
        : dialog.accept(close(state), text);
    }),
  },
]);

export const promptType: DialogType<PromptDialog> = {
  kind: 'prompt',
  commands,
  scopes: () => ['prompt'],
  title: dialog => dialog.title,
  tone: dialog => dialog.tone,
  width: () => 76,
  body: (dialog, _state, columns): Line[] => [
    [{ text: `${dialog.label}  `, style: 'key' }, ...fieldSpans(dialog.field)],
    [],
    ...wrap(dialog.about, columns).map(text => line(text, 'dim')),
  ],
  field: dialog => dialog.field,
  typed: (dialog, field, state) => only(replaceTop(state, { ...dialog, field })),
};
