import type { TextField } from '../../drawing/text/field.ts';
import type { Line } from '../../drawing/text/span.ts';
import type { Scope } from '../commands/command.ts';
import type { Change } from '../state/effect.ts';
import type { Answer } from '../state/message.ts';
import type { State } from '../state/model.ts';
import type { CheckDialog } from './check.ts';
import type { DraftDialog } from './draft.ts';
import type { HelpDialog } from './help.ts';
import type { JournalDialog } from './journal.ts';
import type { MenuDialog } from './menu.ts';
import type { MergeDialog } from './merge.ts';
import type { PaletteDialog } from './palette.ts';
import type { PlanDialog } from './plan-rules.ts';
import type { RevisionDialog } from './revision.ts';
import type { RunDialog } from './run.ts';
import type { SchemaDialog } from './schema.ts';
import type { TargetDialog } from './target.ts';
import type { TextDialog } from './text.ts';

export type Dialog =
  | MenuDialog
  | TargetDialog
  | PlanDialog
  | RunDialog
  | MergeDialog
  | DraftDialog
  | RevisionDialog
  | CheckDialog
  | JournalDialog
  | HelpDialog
  | PaletteDialog
  | SchemaDialog
  | TextDialog;

export interface DialogBase {
  /** First line of the body that is drawn, for dialogs that scroll. */
  readonly top: number;
  /** The key that opened it: it does not confirm it while it is held. */
  readonly openedBy: string;
}

/** Which part of the screen a dialog may take. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** How one kind of dialog answers keys and is drawn. All pure. */
export interface DialogPart<D extends Dialog> {
  /** Whose commands work while it is on top. */
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
  selected?(dialog: D, state: State): number | null;
  /** The cursor does not hold the body fast: it can be scrolled away from. */
  readonly scrollsFreely?: boolean;
  /** The text being typed. Keys go there before they are commands. */
  field?(dialog: D, state: State): TextField | null;
  typed?(dialog: D, field: TextField, state: State): Change;
  /** An answer of the engine came; returns null when it was not for this dialog. */
  answered?(dialog: D, answer: Answer, state: State): Change | null;
  /** A timer of this dialog went off. */
  later?(dialog: D, token: number, state: State): Change;
  /** A line of the body was clicked. */
  clicked?(dialog: D, line: number, state: State): Change;
  /** Leaving by Esc, when there is more to it than closing. */
  leave?(dialog: D, state: State): Change;
}
