import type { Node, RangeVar } from 'libpg-query';
import { parseStatements } from './statements.ts';

/** Data that a statement would take away for good. */
export interface Loss {
  readonly kind: 'table' | 'column' | 'schema' | 'rows';
  /** Null: whatever the search path finds. For a schema: its name. */
  readonly schema: string | null;
  /** Empty for a schema. */
  readonly table: string;
  /** For a column. */
  readonly column: string | null;
  /** For rows: `truncate` or `delete`. */
  readonly by: string | null;
}

/**
 * What SQL statements take away: dropped tables, columns and schemas, and rows truncated or deleted without a condition.
 * Code that is not SQL yet (`do $$ … $$`, functions) is not looked into.
 */
export async function lossesOf(sql: readonly string[]): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const text of sql) {
    for (const { node } of (await parseStatements(text)) ?? []) losses.push(...lossesOfNode(node));
  }
  return losses;
}

function lossesOfNode(node: Node): Loss[] {
  if ('DropStmt' in node) {
    const { objects = [], removeType } = node.DropStmt;
    if (removeType === 'OBJECT_TABLE' || removeType === 'OBJECT_FOREIGN_TABLE') {
      return objects.map(object => {
        const names = namesOf(object);
        return {
          kind: 'table',
          schema: names.at(-2) ?? null,
          table: names.at(-1) ?? '',
          column: null,
          by: null,
        };
      });
    }
    if (removeType === 'OBJECT_SCHEMA') {
      return objects.map(object => {
        return { kind: 'schema', schema: namesOf(object).at(-1) ?? null, table: '', column: null, by: null };
      });
    }
  }
  if ('AlterTableStmt' in node) {
    const { relation, cmds = [], objtype } = node.AlterTableStmt;
    if (!relation || objtype !== 'OBJECT_TABLE') return [];
    return cmds.flatMap(command => {
      const { subtype, name } = 'AlterTableCmd' in command ? command.AlterTableCmd : {};
      return subtype === 'AT_DropColumn' && name
        ? [{ ...tableOf(relation), kind: 'column' as const, column: name, by: null }]
        : [];
    });
  }
  if ('TruncateStmt' in node) {
    return (node.TruncateStmt.relations ?? []).flatMap(relation =>
      'RangeVar' in relation
        ? [{ ...tableOf(relation.RangeVar), kind: 'rows' as const, column: null, by: 'truncate' }]
        : [],
    );
  }
  if ('DeleteStmt' in node && node.DeleteStmt.relation && !node.DeleteStmt.whereClause) {
    return [{ ...tableOf(node.DeleteStmt.relation), kind: 'rows', column: null, by: 'delete' }];
  }
  return [];
}

function tableOf({ schemaname, relname }: RangeVar): { schema: string | null; table: string } {
  return { schema: schemaname ?? null, table: relname ?? '' };
}

function namesOf(object: Node): string[] {
  const items = 'List' in object ? (object.List.items ?? []) : [object];
  return items.flatMap(item => ('String' in item && item.String.sval ? [item.String.sval] : []));
}
