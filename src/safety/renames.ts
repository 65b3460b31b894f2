import type { Step } from '../revisions/plans/plan.ts';
import type { Warning } from '../values/run.ts';
import { type Node, namesIn, type Statement, splitStatements } from './parse.ts';

/**
 * Lists what a plan renames. MikroORM treats a removed column and an added column as a rename, which moves
 * the old values into the new column.
 * @param sql the statements of each step, as far as known
 */
export async function renameWarnings(
  steps: readonly Step[],
  sql: readonly (readonly string[])[],
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const [index, { revision, action }] of steps.entries()) {
    if (action !== 'up') continue;
    const renames: string[] = [];
    for (const text of sql[index] ?? []) {
      for (const statement of (await splitStatements(text)) ?? []) renames.push(...renameIn(statement));
    }
    if (renames.length === 0) continue;
    warnings.push({
      code: 'renames',
      message: `Renames ${renames.join(', ')} and keeps the data. If these are two different things, write a drop and an add instead.`,
      revisions: [revision],
    });
  }
  return warnings;
}

function renameIn({ type, tree }: Statement): string[] {
  if (type === 'AlterEnumStmt' && typeof tree.oldVal === 'string') {
    return [`value ${namesIn(tree.typeName).join('.')}.${tree.oldVal} to ${String(tree.newVal)}`];
  }
  if (type !== 'RenameStmt') return [];
  const { schemaname, relname } = (tree.relation ?? {}) as Node;
  const table = [schemaname, relname].filter(Boolean).join('.');
  if (tree.renameType === 'OBJECT_COLUMN') return [`column ${table}.${tree.subname} to ${tree.newname}`];
  if (tree.renameType === 'OBJECT_TABLE') return [`table ${table} to ${tree.newname}`];
  return [];
}
