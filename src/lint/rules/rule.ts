import type { Severity } from '../../values/findings.ts';

/**
 * What a rule is about, which decides when it is not reported:
 * - `rows`: duration or failure depends on rows; not reported for tables that are empty or created in the
 * same plan
 * - `data`: data is lost; not reported for objects created in the same plan, a warning if it is empty
 * - `clients`: running clients break; not reported for objects created in the same plan, a warning if the
 * table is empty
 * - `lock`: a brief lock; not reported for objects created in the same plan
 * - `always`: independent of the table's contents
 */
export type Concern = 'rows' | 'data' | 'clients' | 'lock' | 'always';

/** A rule, as in the documentation. */
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
