import type { TextField } from '../../drawing/text/field.ts';
import type { ColourDepth, ThemeName } from '../../drawing/theme/theme.ts';
import type {
  Arrival,
  Author,
  EngineApi,
  JournalEntry,
  LintReport,
  Overview,
  PlanStart,
  RevisionDetail,
  Effect as SchemaEffect,
} from '../../engine/api.ts';
import type { EngineExit } from '../../engine/process/connection.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import type { TuiSettings } from '../settings.ts';
import type { FleetProgress } from './fleet.ts';
import type { Run } from './run.ts';

export const panes = ['current', 'history', 'pending', 'detail', 'log'] as const;
export type Pane = (typeof panes)[number];

/** The panes that list revisions; the Detail pane shows the selected one of them. */
export type RevisionPane = 'current' | 'history' | 'pending';

/** The scroll position of a list: the row at the cursor and the first drawn row. */
export interface Position {
  readonly cursor: number;
  readonly top: number;
}

export interface Scroll {
  readonly top: number;
  readonly left: number;
}

/** A value that is loading, loaded or failed. */
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
   * `command`: the equivalent command line; `sql`: a statement that ran; `bookkeeping`: one of migtui's own
   * (lock, log, journal); `project`: the user's code.
   */
  readonly kind: 'info' | 'warning' | 'error' | 'command' | 'sql' | 'bookkeeping' | 'project';
  /** One line. */
  readonly text: string;
}

export interface Notice {
  readonly text: string;
  readonly level: 'info' | 'warning' | 'error';
  /** Milliseconds since the epoch at which it disappears. */
  readonly until: number;
}

export interface Search {
  readonly pane: Pane;
  readonly field: TextField;
  /** Still being typed in the footer. */
  readonly typing: boolean;
  /** The cursor before the search: Esc restores it. */
  readonly from: Position;
  /** It filters: only hits are shown. Only for the history. */
  readonly only: boolean;
  /** The history before it began: the filter, and the selected revision. */
  readonly before: { readonly filter: string; readonly id: string | null };
}

export interface Appearance {
  readonly theme: ThemeName;
  readonly depth: ColourDepth;
  readonly ascii: boolean;
}

/**
 * An open dialog in the state. Its additional fields, key handling and drawing are known only in `dialogs/`.
 */
export interface Dialog {
  readonly kind: string;
  /** First drawn line of the body, for dialogs that scroll. */
  readonly top: number;
  /** The key that opened it: it does not confirm it while it is held down. */
  readonly openedBy: string;
  /** The selected item, for dialogs with items. */
  readonly cursor?: number | null;
  /** The requested value, for dialogs that show it. */
  readonly loaded?: Loaded<unknown> | null;
  /** The timer it waits for; older ones are ignored. */
  readonly token?: number;
  /** A search in its text. */
  readonly finding?: Finding | null;
}

/** A search in the text of a dialog. */
export interface Finding {
  readonly field: TextField;
  /** Still being typed in the footer. */
  readonly typing: boolean;
  /** The line of the current hit. */
  readonly line: number | null;
}

/** The complete state of the app; the screen is drawn from it. */
export interface State {
  readonly settings: TuiSettings;
  readonly appearance: Appearance;
  readonly size: { readonly columns: number; readonly rows: number };
  /** Milliseconds since the epoch, at the last tick or message. */
  readonly now: number;
  readonly link: Link;
  readonly overview: Overview | null;
  /** The last status, also of a context that has been left: it lists the other contexts. */
  readonly known: Overview | null;
  /** The last requested context and schema, whether reached or not; null: none was requested. */
  readonly sentTo: { readonly context: string; readonly schema: string | null } | null;
  /** The name of the fleet's target that is open; null: none. */
  readonly target: string | null;
  /** The status request in progress. */
  readonly overviewTicket: number | null;
  readonly overviewFailure: FailureInfo | null;
  /** Number of attempts to reconnect to the lost database. */
  readonly reconnects: number;
  readonly focus: Pane;
  readonly zoomed: boolean;
  readonly positions: Readonly<Record<Exclude<Pane, 'detail'>, Position>>;
  /** The list that the Detail pane follows. */
  readonly list: RevisionPane;
  readonly tab: string;
  readonly detailScroll: Scroll;
  /** The timer that waits for the cursor to rest; older ones are ignored. */
  readonly detailToken: number;
  /** By revision, as of the current status. */
  readonly details: ReadonlyMap<string, Loaded<RevisionDetail>>;
  readonly effects: ReadonlyMap<string, Loaded<readonly SchemaEffect[]>>;
  /** The findings of each revision, by revision. */
  readonly lints: ReadonlyMap<string, Loaded<LintReport>>;
  readonly journal: Loaded<readonly JournalEntry[]> | null;
  /** The author of each revision; null: not requested. */
  readonly authors: Loaded<Readonly<Record<string, Author>>> | null;
  /** The number of statements of each revision; null: not requested. */
  readonly sizes: Loaded<Readonly<Record<string, number>>> | null;
  /** The applied revisions in the other contexts; null: not requested. */
  readonly arrivals: Loaded<readonly Arrival[]> | null;
  /** The revision that the history's cursor jumps to when a status contains it: one that was just written. */
  readonly goTo: string | null;
  /** A server that does not respond, from the last event; null: none. */
  readonly waiting: { readonly text: string; readonly until: number } | null;
  /** Number of findings in the last check; null: none since the last change. */
  readonly findings: number | null;
  readonly search: Search | null;
  /** The filter of the history; empty: everything is shown. */
  readonly filter: string;
  readonly log: readonly LogEntry[];
  /** All lines, including hidden bookkeeping ones; otherwise the same as `log`. */
  readonly wholeLog: readonly LogEntry[];
  readonly hidesBookkeeping: boolean;
  /** The log follows new lines. */
  readonly following: boolean;
  readonly logLeft: number;
  /** The last one is on top. */
  readonly dialogs: readonly Dialog[];
  readonly run: Run | null;
  /** The fleet run in progress, or the last one. */
  readonly fleet: FleetProgress | null;
  /** Long work other than a run. */
  readonly task: { readonly text: string; readonly done: number; readonly total: number } | null;
  /** The first steps of the plan that is being made. */
  readonly planStart: PlanStart | null;
  readonly notice: Notice | null;
  readonly absoluteTimes: boolean;
  /** SQL is shown as in the file, not formatted and wrapped. */
  readonly originalSql: boolean;
  readonly mouse: boolean;
  /** Tickets distinguish the expected result from stale ones. */
  readonly lastTicket: number;
  /** The previous key: a held key repeats. */
  readonly previousKey: { readonly key: string; readonly at: number };
  readonly quitting: boolean;
}

export type Call = {
  readonly [K in keyof EngineApi]: { readonly call: K; readonly args: Parameters<EngineApi[K]> };
}[keyof EngineApi];
