import type { TextField } from '../../drawing/text/field.ts';
import type { ColourDepth, ThemeName } from '../../drawing/theme/theme.ts';
import type {
  Arrival,
  Author,
  EngineApi,
  JournalEntry,
  LintReport,
  Look,
  RevisionDetail,
  Effect as SchemaEffect,
} from '../../engine/api.ts';
import type { EngineExit } from '../../engine/connection.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import type { TuiSettings } from '../settings.ts';
import type { FleetProgress } from './fleet.ts';
import type { Run } from './run.ts';

export const panes = ['current', 'history', 'pending', 'detail', 'log'] as const;
export type Pane = (typeof panes)[number];

/** The panes that list revisions; the detail shows what is under the cursor of one of them. */
export type RevisionPane = 'current' | 'history' | 'pending';

/** Where a list is: the row under the cursor and the first row that is drawn. */
export interface Position {
  readonly cursor: number;
  readonly top: number;
}

export interface Scroll {
  readonly top: number;
  readonly left: number;
}

/** A value that is asked for, has come, or could not be had. */
export type Loaded<T> =
  | { readonly is: 'loading'; readonly ticket: number }
  | { readonly is: 'ready'; readonly value: T }
  | { readonly is: 'failed'; readonly failure: FailureInfo };

export type Link =
  | { readonly is: 'starting' }
  | { readonly is: 'ready' }
  | { readonly is: 'restarting' }
  | { readonly is: 'lost'; readonly exit: EngineExit };

export interface LogEntry {
  readonly at: string;
  /**
   * `command`: the headless command that does the same; `sql`: a statement that ran; `bookkeeping`: one of migtui's own
   * (lock, log, journal); `project`: the user's code.
   */
  readonly kind: 'info' | 'warning' | 'error' | 'command' | 'sql' | 'bookkeeping' | 'project';
  /** One line. */
  readonly text: string;
}

export interface Notice {
  readonly text: string;
  readonly level: 'info' | 'warning' | 'error';
  /** Milliseconds since the epoch at which it goes. */
  readonly until: number;
}

export interface Search {
  readonly pane: Pane;
  readonly field: TextField;
  /** Still being typed in the footer. */
  readonly typing: boolean;
  /** The cursor before it began: Esc goes back there. */
  readonly from: Position;
  /** It filters: only hits are shown. Of the history alone. */
  readonly only: boolean;
  /** The history before it began: the filter, and the revision under the cursor. */
  readonly before: { readonly filter: string; readonly id: string | null };
}

export interface Appearance {
  readonly theme: ThemeName;
  readonly depth: ColourDepth;
  readonly ascii: boolean;
}

/**
 * An open dialog as the state keeps it. What a kind of dialog adds to it, how it answers keys and how it is drawn is
 * known in `dialogs/` alone.
 */
export interface Dialog {
  readonly kind: string;
  /** First line of the body that is drawn, for dialogs that scroll. */
  readonly top: number;
  /** The key that opened it: it does not confirm it while it is held. */
  readonly openedBy: string;
  /** The item under the cursor, for dialogs to choose from. */
  readonly cursor?: number | null;
  /** What it asked the engine for, where it shows that. */
  readonly loaded?: Loaded<unknown> | null;
  /** The timer it waits for; older ones mean nothing. */
  readonly token?: number;
  /** Its text is searched. */
  readonly finding?: Finding | null;
}

/** A search in the text of a dialog. */
export interface Finding {
  readonly field: TextField;
  /** Still being typed in the footer. */
  readonly typing: boolean;
  /** The line of the hit that was gone to. */
  readonly line: number | null;
}

/** Everything the screen is drawn from. */
export interface State {
  readonly settings: TuiSettings;
  readonly appearance: Appearance;
  readonly size: { readonly columns: number; readonly rows: number };
  /** Milliseconds since the epoch, as of the last tick or message. */
  readonly now: number;
  readonly link: Link;
  readonly look: Look | null;
  /** The last look, also of a place that has been left: it says where else one can go. */
  readonly known: Look | null;
  /** Where the engine was sent, whether it arrived or not; null: no other place was requested. */
  readonly sentTo: { readonly context: string; readonly schema: string | null } | null;
  /** The look that is under way. */
  readonly looking: number | null;
  readonly lookFailure: FailureInfo | null;
  /** How often a lost database was tried again since it was lost. */
  readonly reconnects: number;
  readonly focus: Pane;
  readonly zoomed: boolean;
  readonly positions: Readonly<Record<Exclude<Pane, 'detail'>, Position>>;
  /** Which list the detail follows. */
  readonly list: RevisionPane;
  readonly tab: string;
  readonly detailScroll: Scroll;
  /** The timer that waits for the cursor to rest; older ones mean nothing. */
  readonly detailToken: number;
  /** By revision, as of the look at hand. */
  readonly details: ReadonlyMap<string, Loaded<RevisionDetail>>;
  readonly effects: ReadonlyMap<string, Loaded<readonly SchemaEffect[]>>;
  /** What the statements of a revision do to a database in use, by revision. */
  readonly lints: ReadonlyMap<string, Loaded<LintReport>>;
  readonly journal: Loaded<readonly JournalEntry[]> | null;
  /** Who wrote each revision; null: not asked for. */
  readonly authors: Loaded<Readonly<Record<string, Author>>> | null;
  /** How many statements each revision has; null: not asked for. */
  readonly sizes: Loaded<Readonly<Record<string, number>>> | null;
  /** What is applied in the other contexts; null: not asked for. */
  readonly arrivals: Loaded<readonly Arrival[]> | null;
  /** The revision that the history's cursor goes to with the next look that has it: one that was just written. */
  readonly goTo: string | null;
  /** A server that does not answer, from the last event; null: none. */
  readonly waiting: { readonly text: string; readonly until: number } | null;
  /** How many findings the last check had; null: none was made since something changed. */
  readonly findings: number | null;
  readonly search: Search | null;
  /** The history shows only what fits it; empty: everything. */
  readonly filter: string;
  readonly log: readonly LogEntry[];
  /** Every line, also those of bookkeeping while they are hidden; the same as `log` otherwise. */
  readonly wholeLog: readonly LogEntry[];
  readonly hidesBookkeeping: boolean;
  /** The log scrolls along with what comes. */
  readonly following: boolean;
  readonly logLeft: number;
  /** The last is on top. */
  readonly dialogs: readonly Dialog[];
  readonly run: Run | null;
  /** The run of the fleet, or the last one. */
  readonly fleet: FleetProgress | null;
  /** Long work that is no run. */
  readonly task: { readonly text: string; readonly done: number; readonly total: number } | null;
  readonly notice: Notice | null;
  readonly absoluteTimes: boolean;
  /** SQL is shown as it is in the file, not formatted and wrapped. */
  readonly originalSql: boolean;
  readonly mouse: boolean;
  /** Tickets tell the answer that is waited for from one that is stale. */
  readonly lastTicket: number;
  /** The key before the one at hand: a held key repeats. */
  readonly previousKey: { readonly key: string; readonly at: number };
  readonly quitting: boolean;
}

export type Call = {
  readonly [K in keyof EngineApi]: { readonly call: K; readonly args: Parameters<EngineApi[K]> };
}[keyof EngineApi];
