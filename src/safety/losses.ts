import { countOfDeleted, type RowCount } from './deleted-rows.ts';
import { type Node, namesIn, nodesOf, type Statement, splitStatements } from './parse.ts';

/** Data or an object that a statement destroys. */
export interface Loss {
  readonly kind: 'table' | 'column' | 'rows' | 'object';
  /** A description without counts: `drops column messages.text`. */
  readonly description: string;
  /** The table as written; null if there is none. */
  readonly table: TableName | null;
  readonly column: string | null;
  /**
   * For rows selected by a condition: how to count them in the current database; null if an earlier statement
   * of the plan may change them. Undefined: all rows of the table.
   */
  readonly matching?: RowCount | null | undefined;
}

/** A table's name as written in a statement; without a schema, the search path finds it. */
export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

/** The statements of one step. */
export interface StepSql {
  readonly sql: readonly string[];
  /** False: there may be more. */
  readonly complete: boolean;
}

/**
 * What the steps destroy permanently. Statements that cannot be parsed are skipped, and code that is not yet
 * SQL (`do $$ … $$`, functions) is not analysed.
 */
export async function lossesOfSteps(steps: readonly StepSql[]): Promise<Loss[][]> {
  const earlier = new Earlier();
  const all: Loss[][] = [];
  for (const { sql, complete } of steps) {
    const losses: Loss[] = [];
    const made = new Set<string>();
    for (const text of sql) {
      const statements = await splitStatements(text);
      for (const statement of statements ?? []) {
        if (statement.type === 'CreateStmt') made.add(nameOf(tableOf(statement.tree.relation)));
        for (const loss of lossesOfStatement(statement)) {
          const uncertain = loss.matching !== undefined && earlier.mayChange(statement);
          losses.push(uncertain ? { ...loss, matching: null } : loss);
        }
        earlier.add(statement);
      }
      if (statements === null) earlier.addUnknown();
    }
    if (!complete) earlier.addUnknown();
    // Objects created by the same step are still empty.
    all.push(
      losses.filter(({ table, kind }) => kind === 'object' || table === null || !made.has(nameOf(table))),
    );
  }
  return all;
}

/** What earlier statements may have changed, so that counting rows now would give a wrong result. */
class Earlier {
  #rows = false;
  readonly #tables = new Set<string>();

  add({ type, tree }: Statement): void {
    const wrote = writes.includes(type) || writes.some(kind => [...nodesOf(tree, kind)].length > 0);
    // Triggers and functions may write to any table.
    if (wrote || (type === 'SelectStmt' && [...nodesOf(tree, 'FuncCall')].length > 0)) this.#rows = true;
    for (const name of tablesIn(tree)) this.#tables.add(name);
  }

  addUnknown(): void {
    this.#rows = true;
  }

  mayChange({ tree }: Statement): boolean {
    return this.#rows || tablesIn(tree).some(name => this.#tables.has(name));
  }
}

const writes = [
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CopyStmt',
  'TruncateStmt',
  'DoStmt',
  'CallStmt',
];

function tablesIn(tree: Node): string[] {
  const ranges = [...nodesOf(tree, 'RangeVar'), ...[tree.relation].filter(isNode)];
  return ranges.map(range => tableOf(range).name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function lossesOfStatement(statement: Statement): Loss[] {
  const { type, tree } = statement;
  switch (type) {
    case 'DropStmt':
      return dropped(tree);
    case 'DropdbStmt':
      return [{ kind: 'object', description: `drops database ${tree.dbname}`, table: null, column: null }];
    case 'AlterTableStmt':
      return [...nodesOf(tree.cmds, 'AlterTableCmd')].flatMap(command => droppedColumn(tree, command));
    case 'TruncateStmt':
      return [...nodesOf(tree.relations, 'RangeVar')].map(range => rows('empties', tableOf(range)));
    case 'DeleteStmt': {
      const table = tableOf(tree.relation);
      if (!tree.whereClause) return [rows('deletes every row of', table)];
      return [{ ...rows('deletes rows of', table), matching: countOfDeleted(statement) }];
    }
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
      description: `drops ${kind} ${names.join('.')}${tree.behavior === 'DROP_CASCADE' ? ' and all that depends on it' : ''}`,
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
  return [
    { kind: 'column', description: `drops column ${nameOf(table)}.${column}${cascade}`, table, column },
  ];
}

function rows(verb: string, table: TableName): Loss {
  return { kind: 'rows', description: `${verb} ${nameOf(table)}`, table, column: null };
}

function tableOf(range: unknown): TableName {
  const { schemaname, relname } = (range ?? {}) as { schemaname?: string; relname?: string };
  return { schema: schemaname ?? null, name: relname ?? '' };
}

function nameOf({ schema, name }: TableName): string {
  return schema ? `${schema}.${name}` : name;
}
