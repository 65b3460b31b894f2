import type { Change } from '../state/effect.ts';
import type { State } from '../state/model.ts';

/**
 * Where a command works. The innermost scope is looked up first.
 *
 * - while no dialog is open: a pane's name (that pane has the focus), `searching`, `filtered` (the history has the
 *   focus and a filter), `revisions` (a pane that lists revisions), `panes` (any of these);
 * - in a dialog: the scopes that the dialog names, most often its kind, with `scrolling` or `choosing`; `dialog` (any);
 * - `always`.
 */
export type Scope = string;

/** As the help shows them: what changes something first. */
export const groups = [
  'Change the database',
  'Write revisions',
  'Look',
  'App',
  'In a plan',
  'In a run',
  'In a check',
  'In dialogs',
  'Move',
] as const;
/** The groups of keys that work only while a dialog is open. */
export const dialogGroups: readonly Group[] = ['In a plan', 'In a run', 'In a check', 'In dialogs'];
export type Group = (typeof groups)[number];

/** One thing that a person can do. The footer, the help, the palette and the README's key table come from these. */
export interface Command {
  /** Stable: used in settings. */
  readonly id: string;
  /** Names such as `u`, `G`, `ctrl+d`, `enter`, `shift+tab`. */
  readonly keys: readonly string[];
  readonly where: readonly Scope[];
  /** A word or two, for the footer. */
  readonly title: string;
  /** One sentence without a full stop, for the help. */
  readonly about: string;
  readonly group: Group;
  /** Shown in the footer, lower first. */
  readonly footer?: number;
  /** Changes or destroys something in the database: shown as such. */
  readonly danger?: boolean;
  /** Not in the palette: it only makes sense as a key. */
  readonly keyOnly?: boolean;
  /** Does nothing here that is worth a place in the footer. */
  readonly hidden?: (state: State) => boolean;
  /** Why it cannot be done now; null when it can. */
  readonly disabled?: (state: State) => string | null;
  /** @param key the key that was pressed; empty when chosen in the palette */
  readonly run: (state: State, key: string) => Change;
}
