import { type Node, namesIn } from '../../safety/parse.ts';
import { type Constraint, keyOf, type Table } from '../objects.ts';
import { quoted, quotedTable, type RowQuestion } from '../questions.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { provesNotNull } from '../volatility.ts';
import { constraintOf, uniqueIndex, withConstraint } from './constraint-of.ts';
import { expressionText } from './source-text.ts';

interface Beside {
  /** The column whose definition contains it. */
  readonly column?: string;
  readonly nothingToCheck?: boolean;
}

/** ADD CONSTRAINT, and constraints of an added column. */
export function addConstraint(
  scope: Scope,
  table: Table,
  node: Node,
  { column, nothingToCheck }: Beside = {},
): void {
  const { schema } = scope;
  const constraint = constraintOf(node, table, schema, column);
  if (!constraint) return;
  const name = schema.nameOf(table);
  const alone = reachesAlone(scope, table);
  switch (constraint.kind) {
    case 'check':
      if (constraint.valid) {
        scope.report({
          rule: 'check-scans',
          table,
          lock: 'ACCESS EXCLUSIVE',
          scans: true,
          message: `Every row of ${name} is checked against ${constraint.name}, while reads and writes wait.`,
          question: checkQuestion(scope, table, node),
        });
      } else scope.lock(table, 'ACCESS EXCLUSIVE');
      break;
    case 'foreign':
      foreignKey(scope, table, node, constraint, nothingToCheck === true || !constraint.valid);
      break;
    case 'not-null':
      if (column === undefined) notNull(scope, table, constraint.columns, constraint.valid);
      // In a column definition, it belongs to that column.
      else return;
      break;
    case 'exclusion':
      scope.report({
        rule: 'exclusion-blocks',
        table,
        alone,
        lock: 'ACCESS EXCLUSIVE',
        scans: true,
        message: `The index of ${constraint.name} is built and every row of ${name} compared, while reads and writes wait.`,
      });
      break;
    default:
      unique(scope, table, node, constraint);
  }
  const existing = node.indexname ? table.indexes.find(index => index.name === node.indexname) : undefined;
  const now = schema.table(table.schema, table.name);
  schema.change(
    now,
    withConstraint(
      now,
      constraint,
      node.indexname ? (existing ?? uniqueIndex(String(node.indexname), [])) : undefined,
    ),
  );
}

/** Keys do not extend to the child tables of inheritance, and with ONLY not to partitions. */
const reachesAlone = (scope: Scope, { kind }: Table): boolean => scope.only || kind !== 'partitioned';

function foreignKey(
  scope: Scope,
  table: Table,
  node: Node,
  constraint: Constraint,
  unchecked: boolean,
): void {
  const { schema } = scope;
  const other = schema.byKey(constraint.references as string);
  const [name, target] = [schema.nameOf(table), schema.nameOf(other)];
  const itself = keyOf(other) === keyOf(table);
  scope.lock(table, 'SHARE ROW EXCLUSIVE');
  const alone = reachesAlone(scope, table);
  if (unchecked || !schema.populated(table, alone)) {
    if (!itself) {
      scope.report({
        rule: 'foreign-key-locks',
        table: other,
        lock: 'SHARE ROW EXCLUSIVE',
        message: `Writes to ${target} wait until the transaction ends, because ${name} gets a foreign key to it.`,
      });
    }
  } else {
    scope.report({
      rule: 'foreign-key-scans',
      table,
      alone,
      lock: 'SHARE ROW EXCLUSIVE',
      scans: true,
      message: `Every row of ${name} is checked for its match in ${target}; writes to both wait meanwhile.`,
      question: orphans(table, other, constraint, namesIn(node.pk_attrs)),
    });
    if (!itself) scope.lock(other, 'SHARE ROW EXCLUSIVE');
    if (!itself) {
      scope.report({
        rule: 'foreign-key-locks',
        table: other,
        lock: 'SHARE ROW EXCLUSIVE',
        severity: 'danger',
        message: `Writes to ${target} wait while every row of ${name} is checked.`,
        remedy: 'Add it NOT VALID, and VALIDATE CONSTRAINT in a later revision.',
      });
    }
  }
  if (constraint.columns.length > 0) {
    scope.newKeys.push({ table, columns: constraint.columns, statement: scope.statement });
  }
}

function orphans(
  table: Table,
  other: Table,
  { columns }: Constraint,
  referenced: readonly string[],
): RowQuestion | undefined {
  const key = other.constraints.find(one => one.kind === 'primary')?.columns ?? [];
  const target = referenced.length > 0 ? referenced : key;
  if (target.length !== columns.length || columns.length === 0) return undefined;
  const pairs = columns.map((column, index) => `o.${quoted(target[index] as string)} = t.${quoted(column)}`);
  const given = columns.map(column => `t.${quoted(column)} is not null`);
  return {
    sql: `select t.* from ${quotedTable(table)} t where ${given.join(' and ')} and not exists (select from ${quotedTable(other)} o where ${pairs.join(' and ')})`,
  };
}

/** SET NOT NULL, and NOT NULL constraints. */
export function notNull(scope: Scope, table: Table, columns: readonly string[], checked: boolean): void {
  const { schema } = scope;
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (!checked) {
    if (scope.server.version < 18) {
      scope.report({
        rule: 'newer-server',
        message: `NOT NULL constraints that are NOT VALID need PostgreSQL 18; this server is ${scope.server.version}.`,
      });
    }
    return;
  }
  for (const column of columns) {
    if (isNotNull(schema, table, column)) continue;
    scope.report({
      rule: 'not-null-scans',
      table,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `Every row of ${schema.nameOf(table)} is checked for nulls in ${column}, while reads and writes wait.`,
      question: { sql: `select * from ${quotedTable(table)} where ${quoted(column)} is null` },
    });
  }
}

/** Whether PostgreSQL can tell without a scan that a column has no null. */
export function isNotNull(schema: Schema, table: Table, column: string): boolean {
  const found = table.columns.get(column);
  if (found?.notNull) return true;
  // In a check, a composite value is not null if none of its attributes is.
  if (found && !found.type.array && schema.composites.has(found.type.name)) return false;
  return table.constraints.some(
    one => one.kind === 'check' && one.valid && provesNotNull(one.expression, column),
  );
}

function unique(scope: Scope, table: Table, node: Node, { kind, name, columns }: Constraint): void {
  const { schema } = scope;
  const of = schema.nameOf(table);
  const existing = node.indexname !== undefined;
  const index = existing ? table.indexes.find(one => one.name === node.indexname) : undefined;
  const keys = existing ? (index?.columns ?? []).filter(one => one !== null) : columns;
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (!existing) {
    scope.report({
      rule: 'unique-blocks',
      table,
      alone: reachesAlone(scope, table),
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `The unique index of ${name} is built, while reads and writes of ${of} wait.`,
      question: duplicates(table, columns),
    });
  }
  if (kind !== 'primary') return;
  const nullable = keys.filter(column => !isNotNull(schema, table, column));
  if (nullable.length > 0 || (existing && index === undefined)) {
    const which = nullable.length > 0 ? nullable.join(', ') : 'its columns';
    scope.report({
      rule: 'primary-key-nulls',
      table,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `A primary key makes ${which} NOT NULL: every row of ${of} is checked, while reads and writes wait.`,
    });
  }
}

/** Duplicate values. */
export function duplicates(table: Table, columns: readonly (string | null)[]): RowQuestion | undefined {
  const names = columns.filter(column => column !== null);
  if (names.length === 0 || names.length < columns.length) return undefined;
  const list = names.map(quoted).join(', ');
  const given = names.map(name => `${quoted(name)} is not null`).join(' and ');
  return {
    sql: `select ${list} from ${quotedTable(table)} where ${given} group by ${list} having count(*) > 1`,
  };
}

function checkQuestion(scope: Scope, table: Table, node: Node): RowQuestion | undefined {
  const text = expressionText(scope.statement, Number(node.location ?? 0));
  return text === null ? undefined : { sql: `select * from ${quotedTable(table)} where not (${text})` };
}

/** ALTER TABLE … VALIDATE CONSTRAINT. */
export function validateConstraint(scope: Scope, table: Table, name: string): void {
  const constraint = table.constraints.find(one => one.name === name);
  scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
  if (constraint?.references) scope.lock(scope.schema.byKey(constraint.references), 'ROW SHARE');
  if (constraint?.valid) return;
  const blocks = scope.lockOn(table) === 'ACCESS EXCLUSIVE' || scope.lockOn(table) === 'SHARE ROW EXCLUSIVE';
  scope.report({
    rule: blocks ? 'validate-blocks' : 'validate-can-fail',
    table,
    lock: 'SHARE UPDATE EXCLUSIVE',
    scans: true,
    message: blocks
      ? `Every row of ${scope.schema.nameOf(table)} is checked against ${name} under the lock of the other changes in this statement.`
      : `Every row of ${scope.schema.nameOf(table)} is checked against ${name}; reads and writes continue.`,
  });
  if (!constraint) return;
  const columns = new Map(table.columns);
  if (constraint.kind === 'not-null') {
    for (const key of constraint.columns) {
      const column = columns.get(key);
      if (column) columns.set(key, { ...column, notNull: true });
    }
  }
  scope.schema.change(table, {
    columns,
    constraints: table.constraints.map(one => (one.name === name ? { ...one, valid: true } : one)),
  });
}
