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
  const all = [...declarations];
  const line = [...new Set(all.filter(one => one.revises === undefined).map(one => one.id))];
  const before = new Map(line.map((id, at) => [id, line[at - 1]]));
  return all.map(one => {
    const previous = before.get(one.id);
    return {
      id: one.id,
      revises: one.revises ?? (previous === undefined ? none : [previous]),
      dependsOn: one.dependsOn ?? none,
      labels: one.labels ?? none,
      replaces: one.replaces ?? none,
      inferred: one.revises === undefined,
      file: one.file,
      line: one.line,
    };
  });
}

/** One empty list for all: there can be 100,000 revisions. */
const none: readonly never[] = [];
