import type { TextField } from '../../drawing/text/field.ts';
import type { Line } from '../../drawing/text/span.ts';
import type { Command, Scope } from '../keymap/command.ts';
import type { Change } from '../state/effect.ts';
import type { Answer } from '../state/message.ts';
import type { Dialog, State } from '../state/model.ts';

/** The part of the screen available to a dialog. */
export interface Area {
  readonly columns: number;
  readonly rows: number;
}

/**
 * One kind of dialog: its commands, key handling and drawing. All pure. To add one, write a file like those
 * next to this one and list it in app/registry.ts.
 */
export interface DialogType<D extends Dialog> {
  readonly kind: D['kind'];
  readonly commands?: readonly Command[];
  /** The scopes whose commands work while it is on top, innermost first. */
  scopes(dialog: D, state: State): readonly Scope[];
  title(dialog: D, state: State): string;
  tone?(dialog: D, state: State): 'danger' | 'warning' | 'ok' | undefined;
  /** Preferred width, including borders. */
  width(dialog: D, state: State, available: Area): number;
  /** Does not scroll with the rest. */
  head?(dialog: D, state: State, columns: number): readonly Line[];
  /** Scrolls if there is not enough space. */
  body(dialog: D, state: State, columns: number): readonly Line[];
  /** Does not scroll; below the body. */
  foot?(dialog: D, state: State, columns: number): readonly Line[];
  /** Whether the foot shows Esc: then the footer of the screen uses the space for other keys. */
  showsEsc?(dialog: D): boolean;
  /** The line of the body at the cursor: kept visible, drawn selected. */
  selected?(dialog: D, state: State, columns: number): number | null;
  /** Number of items, with `cursor` on one of them. */
  choices?(dialog: D, state: State): number;
  /** The body can be scrolled away from the cursor. */
  readonly scrollsFreely?: boolean;
  /** The text field. It receives keys before commands. */
  field?(dialog: D, state: State): TextField | null;
  typed?(dialog: D, field: TextField, state: State): Change;
  /** Handles a key before commands; returns null if it does not use it. */
  pressed?(dialog: D, key: string, state: State): Change | null;
  /** A result from the engine; returns null if it was not for this dialog. */
  answered?(dialog: D, answer: Answer, state: State): Change | null;
  /** A timer of this dialog fired. */
  later?(dialog: D, token: number, state: State): Change;
  /** A click on a line of the body. */
  clicked?(dialog: D, line: number, state: State): Change;
  /** Whether it still applies; otherwise it closes by itself. */
  isValid?(dialog: D, state: State): boolean;
}

/** The type of an open dialog, from the table in app/registry.ts. */
export type TypeOf = (dialog: Dialog) => DialogType<Dialog>;
