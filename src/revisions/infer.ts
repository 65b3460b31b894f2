import type { Declaration, Revision } from './revision.ts';

/**
 * Turns what the migration files say into revisions. Files that say nothing form one line, as MikroORM runs them:
 * each revises the newest undeclared one before it by name; the first is a base. `revises: []` declares a base.
 * Order of the result: the order of the input.
 */
export function inferLine(declarations: Iterable<Declaration>): Revision[] {
  const all = [...declarations];
  const line = [...new Set(all.filter(one => one.revises === undefined).map(one => one.id))];
  line.sort(byFileName);
  const before = new Map(line.map((id, at) => [id, line[at - 1]]));
  return all.map(one => {
    const previous = before.get(one.id);
    return {
      id: one.id,
      revises: one.revises ?? (previous === undefined ? [] : [previous]),
      dependsOn: one.dependsOn ?? [],
      labels: one.labels ?? [],
      inferred: one.revises === undefined,
      file: one.file,
      line: one.line,
    };
  });
}

/** MikroORM sorts file names, so a name ends with the dot of its extension: `M1-S` runs before `M1`. */
function byFileName(a: string, b: string): number {
  const [left, right] = [`${a}.`, `${b}.`];
  return left < right ? -1 : left > right ? 1 : 0;
}
