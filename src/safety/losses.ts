import { type Node, namesIn, nodesOf, relationName, type Statement, splitStatements } from './parse.ts';

/** Something that a statement destroys. */
export interface Loss {
  readonly kind: 'table' | 'column' | 'rows' | 'object';
  /** In words, without counts: `drops column messages.text`. */
  readonly words: string;
  /** The table as written, `schema.table` or `table`; null where none is concerned. */
  readonly table: string | null;
  readonly column: string | null;
}

/** What running these statements destroys for good. A statement that does not parse tells nothing. */
export async function lossesOf(sql: readonly string[]): Promise<Loss[]> {
  const losses: Loss[] = [];
  const made = new Set<string>();
  for (const text of sql) {
    for (const statement of (await splitStatements(text)) ?? []) {
      if (statement.type === 'CreateStmt') made.add(relationName(statement.tree.relation));
      losses.push(...lossesOfStatement(statement));
    }
  }
  // what the same step made holds nothing yet
  return losses.filter(({ table, kind }) => kind === 'object' || table === null || !made.has(table));
}

function lossesOfStatement({ type, tree }: Statement): Loss[] {
  switch (type) {
    case 'DropStmt':
      return dropped(tree);
    case 'DropdbStmt':
      return [{ kind: 'object', words: `drops database ${tree.dbname}`, table: null, column: null }];
    case 'AlterTableStmt':
      return [...nodesOf(tree.cmds, 'AlterTableCmd')].flatMap(command => droppedColumn(tree, command));
    case 'TruncateStmt':
      return [...nodesOf(tree.relations, 'RangeVar')].map(range => rows('empties', relationName(range)));
    case 'DeleteStmt': {
      const table = relationName(tree.relation);
      return [rows(tree.whereClause ? 'deletes rows of' : 'deletes every row of', table)];
    }
    case 'UpdateStmt':
      return tree.whereClause ? [] : [rows('overwrites every row of', relationName(tree.relation))];
    default:
      return [];
  }
}

const droppable: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_SCHEMA: 'schema',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_EXTENSION: 'extension',
};

function dropped(tree: Node): Loss[] {
  const kind = droppable[String(tree.removeType)];
  if (!kind || !Array.isArray(tree.objects)) return [];
  return tree.objects.map(object => {
    const name = nameOf(object as Node);
    const isTable = kind.endsWith('table') || kind === 'materialized view';
    return {
      kind: isTable ? 'table' : 'object',
      words: `drops ${kind} ${name}${tree.behavior === 'DROP_CASCADE' ? ' and all that depends on it' : ''}`,
      table: isTable ? name : null,
      column: null,
    };
  });
}

/** A dropped object's name: a list of strings, a type name, or one string. */
function nameOf(object: Node): string {
  const {
    List: list,
    TypeName: type,
    String: single,
  } = object as {
    List?: { items?: unknown };
    TypeName?: { names?: unknown };
    String?: { sval?: string };
  };
  return single?.sval ?? namesIn(list?.items ?? type?.names).join('.');
}

function droppedColumn(tree: Node, command: Node): Loss[] {
  const table = relationName(tree.relation);
  const column = String(command.name ?? '');
  if (command.subtype === 'AT_DropColumn') {
    const cascade = command.behavior === 'DROP_CASCADE' ? ' and all that depends on it' : '';
    return [{ kind: 'column', words: `drops column ${table}.${column}${cascade}`, table, column }];
  }
  return [];
}

function rows(verb: string, table: string): Loss {
  return { kind: 'rows', words: `${verb} ${table}`, table, column: null };
}
