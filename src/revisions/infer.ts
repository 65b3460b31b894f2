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
      revises: one.revises ?? (previous === undefined ? [] : [previous]),
      dependsOn: one.dependsOn ?? [],
      labels: one.labels ?? [],
      replaces: one.replaces ?? [],
      inferred: one.revises === undefined,
      file: one.file,
      line: one.line,
    };
  });
}
