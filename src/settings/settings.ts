import type { FleetSettings } from './fleet.ts';
import type { Protection } from './protection.ts';
import type { HistoryColumn } from './schema.ts';
import type { StrictRule } from './strict.ts';

/** How backups are taken. */
export interface BackupSettings {
  /** Before every run, even without `--backup`. */
  readonly always: boolean;
  /** As written: absolute, or relative to the project. */
  readonly folder: string;
  readonly format: 'custom' | 'directory';
  readonly jobs: number | undefined;
  readonly pgDump: string | undefined;
  readonly keep: number | undefined;
  /** ms */
  readonly keepFor: number | undefined;
}

type Severity = 'danger' | 'warning' | 'note';

/** How findings are reported. */
export interface LintLevels {
  readonly level?: Severity | undefined;
  readonly rules?: Readonly<Record<string, Severity | 'off'>> | undefined;
}

/** Merged project and user settings; durations in milliseconds, undefined if not set. */
export interface Settings {
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly theme: 'auto' | 'dark' | 'light' | 'high-contrast' | 'none';
  readonly ascii: boolean | undefined;
  readonly mouse: boolean;
  readonly motion: boolean;
  readonly columns: readonly HistoryColumn[];
  readonly layout: 'full' | 'calm';
  readonly live: boolean;
  readonly connectTimeout: number | undefined;
  readonly answerTimeout: number | undefined;
  readonly lockWait: number | undefined;
  readonly lockTimeout: number | undefined;
  readonly statementTimeout: number | undefined;
  readonly retries: number | undefined;
  readonly transaction: 'all' | 'each' | undefined;
  readonly protected: readonly Protection[];
  readonly backup: BackupSettings;
  readonly lint: LintLevels;
  readonly readOnly: boolean;
  readonly strict: readonly StrictRule[];
  readonly shadow: string | undefined;
  /** Of `shadow.baseline`; relative to the project. */
  readonly baseline: string | undefined;
  /** What comparisons with the live schema leave out. */
  readonly notCompared: readonly ('owners' | 'grants')[];
  /** The targets of `migtui fleet`. */
  readonly fleet: FleetSettings;
  readonly editor: string | undefined;
}
