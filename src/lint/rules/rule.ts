import type { Severity } from '../../values/findings.ts';

/**
 * What a rule is about, which decides where it is silent:
 * - `rows`: time or refusal by rows; silent on tables that are made in the same plan or empty
 * - `data`: something is lost; silent on what is made in the same plan, a warning where it is empty
 * - `clients`: running clients break; silent on what is made in the same plan, a warning where the table is empty
 * - `lock`: a brief lock; silent on what is made in the same plan
 * - `always`: holds whatever the table has
 */
export type Concern = 'rows' | 'data' | 'clients' | 'lock' | 'always';

/** A rule as the documentation shows it. */
export interface Rule {
  readonly severity: Severity;
  readonly about: Concern;
  /** What it finds: a short sentence without a full stop. */
  readonly finds: string;
  /** Why that matters. */
  readonly why: string;
  /** What to do instead; the finding's remedy. */
  readonly safe: string;
}

/** The rules of one family by id. */
export type Family = Readonly<Record<string, Rule>>;
