import type { Declaration, Revision } from './revision.ts';

/**
 * Turns the declarations of migration files into revisions. Files without declarations form one line: each
 * revises the undeclared one before it, and the first is a root. `revises: []` declares a root. The result
 * keeps the input order.
 * @param declarations in the order in which MikroORM runs them (`AbstractMigrator.discoverMigrations`): a
 * list in its order,
 *   files by their paths
 */
export function inferLine(declarations: Iterable<Declaration>): Revision[] {
  const revisions: Revision[] = [];
  /** What each undeclared one revises. */
  const parents = new Map<string, readonly string[]>();
  let last: string | undefined;
  for (const one of declarations) {
    const { id } = one;
    if (one.revises === undefined && !parents.has(id)) {
      parents.set(id, last === undefined ? none : [last]);
      last = id;
    }
    revisions.push({
      id,
      revises: one.revises ?? parents.get(id) ?? none,
      dependsOn: one.dependsOn ?? none,
      labels: one.labels ?? none,
      replaces: one.replaces ?? none,
      inferred: one.revises === undefined,
      file: one.file,
      line: one.line,
    });
  }
  return revisions;
}

/** One empty list for all: there can be 100,000 revisions. */
const none: readonly never[] = [];
