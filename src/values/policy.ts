/*
 * Rules of the settings for changing a protected database. Plain serializable values: they cross the engine's
 * process boundary and are printed by `--json`.
 */

/** `confirm`: the database's name must be typed, or given with `--confirm`. */
export type PolicyRuleName = 'confirm' | 'backup' | 'rehearsal' | 'findings' | 'hours' | 'writers';

/** One rule for the current database. */
export interface PolicyRule {
  readonly rule: PolicyRuleName;
  /** The requirement, such as `a backup before migrations run`. */
  readonly words: string;
  /** The setting and its file, such as `protected[0].backup in migtui.config.json`. */
  readonly setBy: string;
  /** Why the rule exists, as text for users; null if there is none. */
  readonly reason: string | null;
}

/**
 * A rule and its state for a plan. `met`: fulfilled; `asked`: decided during the run, by its backup or the
 * typed name; `broken`: the run is refused.
 */
export interface PolicyCheck extends PolicyRule {
  readonly state: 'met' | 'asked' | 'broken';
  /** Why it is violated, or how it is met. */
  readonly message: string;
  /** How to fulfil a violated rule; empty if there is nothing to do. */
  readonly next: string;
}
