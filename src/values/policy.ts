/*
 * What the settings ask for before a protected database is changed.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/** `confirm`: the database's name is typed, or given with `--confirm`. */
export type PolicyRuleName = 'confirm' | 'backup' | 'rehearsal' | 'findings' | 'hours' | 'writers';

/** One rule for the database at hand. */
export interface PolicyRule {
  readonly rule: PolicyRuleName;
  /** What it asks for, such as `a backup before migrations run`. */
  readonly words: string;
  /** The setting and its file, such as `protected[0].backup in migtui.config.json`. */
  readonly setBy: string;
  /** Why it was set, as text for users; null if there is none. */
  readonly reason: string | null;
}

/**
 * A rule held against a plan. `met`: it holds; `asked`: the run decides it, by its backup or the typed name; `broken`:
 * the run is refused.
 */
export interface PolicyCheck extends PolicyRule {
  readonly state: 'met' | 'asked' | 'broken';
  /** Why it is broken, or how it is met. */
  readonly message: string;
  /** What to do about a broken rule; empty where there is nothing to do. */
  readonly next: string;
}
