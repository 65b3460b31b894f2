import { type Node, namesIn, nodesOf, type Statement, splitStatements } from './parse.ts';

/** Something that a statement destroys. */
export interface Loss {
  readonly kind: 'table' | 'column' | 'rows' | 'object';
  /** In words, without counts: `drops column messages.text`. */
  readonly words: string;
  /** The table as written; null where none is concerned. */
  readonly table: TableName | null;
  readonly column: string | null;
}

/** A table's name as a statement gives it; without a schema the search path finds it. */
export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

/**
 * What running these statements destroys for good. A statement that does not parse tells nothing, and code that is
 * not SQL yet (`do $$ … $$`, functions) is not looked into.
 */
export async function lossesOf(sql: readonly string[]): Promise<Loss[]> {
  const losses: Loss[] = [];
  const made = new Set<string>();
  for (const text of sql) {
    for (const statement of (await splitStatements(text)) ?? []) {
      if (statement.type === 'CreateStmt') made.add(wordsOf(tableOf(statement.tree.relation)));
      losses.push(...lossesOfStatement(statement));
    }
  }
  // what the same step made holds nothing yet
  return losses.filter(({ table, kind }) => kind === 'object' || table === null || !made.has(wordsOf(table)));
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
      return [...nodesOf(tree.relations, 'RangeVar')].map(range => rows('empties', tableOf(range)));
    case 'DeleteStmt':
      return [rows(tree.whereClause ? 'deletes rows of' : 'deletes every row of', tableOf(tree.relation))];
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
    const names = namesOf(object as Node);
    const isTable = kind === 'table' || kind === 'foreign table';
    return {
      kind: isTable ? 'table' : 'object',
      words: `drops ${kind} ${names.join('.')}${tree.behavior === 'DROP_CASCADE' ? ' and all that depends on it' : ''}`,
      table: isTable ? { schema: names.at(-2) ?? null, name: names.at(-1) ?? '' } : null,
      column: null,
    };
  });
}

/** A dropped object's name: a list of strings, a type name, or one string. */
function namesOf(object: Node): string[] {
  const {
    List,
    TypeName,
    String: single,
  } = object as {
    List?: { items?: unknown };
    TypeName?: { names?: unknown };
    String?: { sval?: string };
  };
  return single?.sval === undefined ? namesIn(List?.items ?? TypeName?.names) : [single.sval];
}

function droppedColumn(tree: Node, { subtype, name, behavior }: Node): Loss[] {
  if (subtype !== 'AT_DropColumn') return [];
  const table = tableOf(tree.relation);
  const column = String(name ?? '');
  const cascade = behavior === 'DROP_CASCADE' ? ' and all that depends on it' : '';
  return [{ kind: 'column', words: `drops column ${wordsOf(table)}.${column}${cascade}`, table, column }];
}

function rows(verb: string, table: TableName): Loss {
  return { kind: 'rows', words: `${verb} ${wordsOf(table)}`, table, column: null };
}

function tableOf(range: unknown): TableName {
  const { schemaname, relname } = (range ?? {}) as { schemaname?: string; relname?: string };
  return { schema: schemaname ?? null, name: relname ?? '' };
}

function wordsOf({ schema, name }: TableName): string {
  return schema ? `${schema}.${name}` : name;
}
