import type { ThemeName } from '../drawing/theme/theme.ts';
import type { BackupOptions, RunOptions } from '../engine/api.ts';

/** What the history can show of a revision beside its name. */
export type HistoryColumn = 'age' | 'author' | 'duration' | 'size' | 'contexts';

/** `contexts` connects to other databases: only where it is asked for. */
const historyColumns: readonly HistoryColumn[] = ['age', 'author', 'duration', 'size'];

/** What a person may set about the terminal app. Reading the files it comes from is done elsewhere. */
export interface TuiSettings {
  /** `auto` asks the terminal for its background. */
  readonly theme: ThemeName | 'auto';
  /** Draw with ASCII; `auto`: where the locale is not UTF-8. */
  readonly ascii: boolean | 'auto';
  readonly mouse: boolean;
  /** Spinners and progress that moves. */
  readonly motion: boolean;
  /** What the history shows of every revision on a wide screen, in this order. */
  readonly columns: readonly HistoryColumn[];
  /** `calm`: two panes, the others when they are gone to. */
  readonly layout: 'full' | 'calm';
  /** Command id to the keys that replace its own, such as `{ "upgrade": ["U"] }`; an empty list takes the key away. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Used for every run that is started here. */
  readonly run: RunOptions;
  /** How backups are taken, and whether every run begins with one. */
  readonly backup: BackupOptions & { readonly always: boolean };
  /** What opens a file, such as `code --wait`; default: $VISUAL, $EDITOR, vi. */
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
