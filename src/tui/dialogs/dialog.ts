import type { TextField } from '../../drawing/text/field.ts';
import type { Line } from '../../drawing/text/span.ts';
import type { Command, Scope } from '../keymap/command.ts';
import type { Change } from '../state/effect.ts';
import type { Answer } from '../state/message.ts';
import type { Dialog, State } from '../state/model.ts';

/** Which part of the screen a dialog may take. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/**
 * One kind of dialog: its commands, how it answers keys and how it is drawn. All pure. To add one, write a file like
 * those beside this one and list it in app/registry.ts.
 */
export interface DialogType<D extends Dialog> {
  readonly kind: D['kind'];
  readonly commands?: readonly Command[];
  /** Whose commands work while it is on top, innermost first. */
  scopes(dialog: D, state: State): readonly Scope[];
  title(dialog: D, state: State): string;
  tone?(dialog: D, state: State): 'danger' | 'warning' | 'ok' | undefined;
  /** Columns it would like, borders included. */
  width(dialog: D, state: State, room: Room): number;
  /** Stays above what scrolls. */
  head?(dialog: D, state: State, columns: number): readonly Line[];
  /** Scrolls when there is not room enough. */
  body(dialog: D, state: State, columns: number): readonly Line[];
  /** Stays below. */
  foot?(dialog: D, state: State, columns: number): readonly Line[];
  /** The line of the body that is under the cursor: in view, drawn selected. */
  selected?(dialog: D, state: State, columns: number): number | null;
  /** How many items there are to choose from, with `cursor` on one of them. */
  choices?(dialog: D, state: State): number;
  /** The cursor does not hold the body fast: it can be scrolled away from. */
  readonly scrollsFreely?: boolean;
  /** The text being typed. Keys go there before they are commands. */
  field?(dialog: D, state: State): TextField | null;
  typed?(dialog: D, field: TextField, state: State): Change;
  /** A key of its own, before commands; returns null when it is none. */
  pressed?(dialog: D, key: string, state: State): Change | null;
  /** An answer of the engine came; returns null when it was not for this dialog. */
  answered?(dialog: D, answer: Answer, state: State): Change | null;
  /** A timer of this dialog went off. */
  later?(dialog: D, token: number, state: State): Change;
  /** A line of the body was clicked. */
  clicked?(dialog: D, line: number, state: State): Change;
  /** Whether it still makes sense; once it does not, it closes by itself. */
  isValid?(dialog: D, state: State): boolean;
}

/** The type of a dialog that is open: from the table in app/registry.ts. */
export type TypeOf = (dialog: Dialog) => DialogType<Dialog>;
