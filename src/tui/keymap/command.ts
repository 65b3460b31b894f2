import type { Change } from '../state/effect.ts';
import type { State } from '../state/model.ts';

/**
 * The scope in which a command works. The innermost scope is looked up first.
 *
 * - without a dialog: a pane's name (the pane has the focus), `searching`, `filtered` (the history has the
 *   focus and a filter), `revisions` (a pane that lists revisions), `panes` (any of these);
 * - in a dialog: the scopes that the dialog names, usually its kind, with `scrolling` or `choosing`; `dialog`
 * (any);
 * - `always`.
 */
export type Scope = string;

/** The order in the help: commands that change something come first. */
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

/** One user command. The footer, the help, the palette and docs/keys.md are generated from these. */
export interface Command {
  /** Stable: used in settings. */
  readonly id: string;
  /** Names such as `u`, `G`, `ctrl+d`, `enter`, `shift+tab`. */
  readonly keys: readonly string[];
  readonly where: readonly Scope[];
  /** One or two words, for the footer. */
  readonly title: string;
  /** One sentence without a full stop, for the help. */
  readonly about: string;
  readonly group: Group;
  /** Shown in the footer; lower numbers first. */
  readonly footer?: number;
  /** Changes or destroys something in the database; marked accordingly. */
  readonly danger?: boolean;
  /** Not in the palette: it is useful only as a key. */
  readonly keyOnly?: boolean;
  /** Not shown in the footer. */
  readonly hidden?: (state: State) => boolean;
  /** Why it is disabled; null if it is enabled. */
  readonly disabled?: (state: State) => string | null;
  /** @param key the pressed key; empty when chosen in the palette */
  readonly run: (state: State, key: string) => Change;
}
