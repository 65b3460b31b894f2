import type { ThemeName } from '../drawing/theme/theme.ts';
import type { BackupOptions, RunOptions } from '../engine/api.ts';

/** Additional columns of the history. */
export type HistoryColumn = 'age' | 'author' | 'duration' | 'size' | 'contexts';

/** `contexts` connects to other databases, so it is opt-in. */
const historyColumns: readonly HistoryColumn[] = ['age', 'author', 'duration', 'size'];

/** User settings of the app. Other code reads the settings files. */
export interface TuiSettings {
  /** `auto` queries the terminal for its background. */
  readonly theme: ThemeName | 'auto';
  /** Draw with ASCII; `auto`: if the locale is not UTF-8. */
  readonly ascii: boolean | 'auto';
  readonly mouse: boolean;
  /** Spinners and animated progress. */
  readonly motion: boolean;
  /** The columns of the history on a wide screen, in this order. */
  readonly columns: readonly HistoryColumn[];
  /** `calm`: two panes; the others are shown while focused. */
  readonly layout: 'full' | 'calm';
  /**
   * Command id to the keys that replace its defaults, such as `{ "upgrade": ["U"] }`; an empty list removes
   * the key.
   */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Used for every run started here. */
  readonly run: RunOptions;
  /** How backups are taken, and whether every run starts with one. */
  readonly backup: BackupOptions & { readonly always: boolean };
  /** The editor command, such as `code --wait`; default: $VISUAL, $EDITOR, vi. */
  readonly editor: string | null;
}

export const defaultSettings: TuiSettings = {
  theme: 'auto',
  ascii: 'auto',
  mouse: true,
  motion: true,
  columns: historyColumns,
  layout: 'full',
  keys: {},
  run: {},
  backup: { always: false, folder: 'backups', format: 'custom' },
  editor: null,
};
