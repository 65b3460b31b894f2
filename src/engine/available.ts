import { Failure } from '../foundation/failure.ts';
import { type DatabaseKind, type Feature, productNames, type Unavailable } from '../values/database-kind.ts';
import type { Session } from './session.ts';

/**
 * Refuses what the current kind of database does not support.
 * @throws Failure `not-on-this-database`
 */
export function requireAvailable({ project, dialect }: Session, feature: Feature): void {
  const lacking = dialect.unavailable.find(one => one.feature === feature);
  if (!lacking) return;
  throw new Failure({
    code: 'not-on-this-database',
    message: notOn(project.kind, lacking),
    next: 'migtui doctor lists what does not work on this database, and why.',
  });
}

/** `Not on SQLite: SQL scripts (--sql), because they are written for psql.` */
export function notOn(kind: DatabaseKind, { what, why }: Unavailable): string {
  return `Not on ${productNames[kind]}: ${what}, because ${why}.`;
}

/** The note at start about unsupported features. */
export function limitsNote(kind: DatabaseKind): string {
  const name = productNames[kind];
  const rollback =
    kind === 'mysql' || kind === 'mariadb'
      ? ` ${name} does not roll back changes of the schema: a revision that fails leaves what its statements did.`
      : '';
  return `On ${name}, history, plans, upgrade, downgrade, stamp and merge work; rehearsals, checks of the schema, findings, the journal, backups and scripts are for PostgreSQL.${rollback} migtui doctor says why.`;
}
