import type { Declaration, Revision } from './revision.ts';

/**
 * Turns what the migration files say into revisions. Files that say nothing form one line: each revises the undeclared
 * one before it, the first is a base. `revises: []` declares a base. Order of the result: the order of the input.
 * @param declarations in the order in which MikroORM runs them (`AbstractMigrator.discoverMigrations`): a list as it
 *   is written, files by their paths
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
