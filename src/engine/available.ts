import { productOf } from '../database/portable/products.ts';
import { Failure } from '../foundation/failure.ts';
import { type DatabaseKind, type Feature, productNames, type Unavailable } from '../values/database-kind.ts';
import type { Session } from './session.ts';

/**
 * Refuses what the current kind of database does not support.
 * @throws Failure `not-on-this-database`
 */
export function requireAvailable({ project, dialect }: Session, feature: Feature): void {
  const missing = dialect.unavailable.find(one => one.feature === feature);
  if (!missing) return;
  throw new Failure({
    code: 'not-on-this-database',
    message: notOn(project.kind, missing),
    next: missing.next ?? 'migtui doctor lists the unsupported features.',
  });
}

/** `Not supported on SQLite: SQL scripts (--sql). They are written for psql.` */
export function notOn(kind: DatabaseKind, { what, why }: Unavailable): string {
  return `Not supported on ${productNames[kind]}: ${what}. ${why}.`;
}

/** Why the changes of a failed revision stay, on a database that does not roll back schema changes. */
export function commitsImmediately(kind: DatabaseKind): string {
  return `${productNames[kind]} commits every schema change immediately: the changes of a failed revision are not rolled back.`;
}

/** The note at start about unsupported features. */
export function limitsNote(kind: DatabaseKind): string {
  const name = productNames[kind];
  const rollback = productOf(kind).rollsBackSchema ? '' : ` ${commitsImmediately(kind)}`;
  return `On ${name}, history, plans, upgrade, downgrade, stamp and merge work. Rehearsals, schema comparisons, lint, the journal, backups and SQL scripts require PostgreSQL; see migtui doctor.${rollback}`;
}
