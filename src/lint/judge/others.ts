import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import type { LockMode } from '../../values/findings.ts';
import { quoted, quotedTable } from '../questions.ts';
import type { Table } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { typeOf } from '../type-name.ts';
import { tooOld } from './add-column.ts';

/** CREATE and ALTER DOMAIN. */
export function createDomain(scope: Scope, { domainname, typeName, constraints }: Node): void {
  const name = namesIn(domainname).at(-1) ?? '';
  const kinds = (Array.isArray(constraints) ? constraints : []).map(
    one => ((one as Node).Constraint as Node)?.contype,
  );
  scope.schema.domains.set(name, {
    base: typeOf(typeName),
    constrained: kinds.some(kind => kind === 'CONSTR_CHECK' || kind === 'CONSTR_NOTNULL'),
  });
}

export function alterDomain(scope: Scope, { subtype, typeName, def, name }: Node): void {
  const { schema } = scope;
  const domain = namesIn(typeName).at(-1) ?? '';
  const constraint = (def as Node | undefined)?.Constraint as Node | undefined;
  // C adds, O sets not null, V validates, X drops, N drops not null.
  const adds = subtype === 'C' || subtype === 'O';
  if (adds) {
    const was = schema.domains.get(domain);
    if (was) schema.domains.set(domain, { ...was, constrained: true });
  }
  if (subtype === 'X' || subtype === 'N') {
    scope.report({
      rule: subtype === 'X' ? 'drop-constraint' : 'drop-not-null',
      message: `The domain ${domain} accepts from now on what ${subtype === 'X' ? String(name) : 'NOT NULL'} refused.`,
    });
  }
  if (subtype === 'C' && constraint?.skip_validation === true) return;
  if (!adds && subtype !== 'V') return;
  // PostgreSQL 19 takes a weaker lock
  const blocks = subtype !== 'V' || scope.server.version < 19;
  for (const [table, column] of using(scope, domain)) {
    if (!blocks) scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
    else {
      scope.report({
        rule: 'domain-constraint-scans',
        table,
        lock: 'SHARE',
        scans: true,
        message: `Every row of ${schema.nameOf(table)} is checked, because ${column} is of the domain ${domain}; its writes wait meanwhile.`,
        question:
          subtype === 'O'
            ? { sql: `select * from ${quotedTable(table)} where ${quoted(column)} is null` }
            : undefined,
      });
    }
  }
  if (blocks && !schema.domains.has(domain)) {
    scope.report({
      rule: 'domain-constraint-scans',
      message: `Every row of the tables that use the domain ${domain} is checked; their writes wait meanwhile.`,
    });
  }
}

function using({ schema }: Scope, type: string): [Table, string][] {
  return [...schema.tables.values()].flatMap(table => {
    const column = [...table.columns.values()].find(one => one.type.name === type);
    return column ? [[table, column.name] as [Table, string]] : [];
  });
}

/** CREATE TYPE … AS ENUM. */
export function createEnum(scope: Scope, { typeName }: Node): void {
  const name = namesIn(typeName).at(-1) ?? '';
  scope.schema.types.add(name);
  scope.newTypes.add(name);
}

/** ALTER TYPE … ADD VALUE and RENAME VALUE. */
export function alterEnum(scope: Scope, { typeName, oldVal, newVal }: Node): void {
  const name = namesIn(typeName).at(-1) ?? '';
  if (oldVal) {
    scope.report({
      rule: 'rename-enum-value',
      made: scope.newTypes.has(name),
      message: `Running clients that use '${String(oldVal)}' of ${name} fail once it is renamed to '${String(newVal)}'.`,
    });
  } else if (!scope.newTypes.has(name)) scope.newValues.set(String(newVal), name);
}

/** Enum values that this transaction added cannot be used in it. */
export function newValueUsed(scope: Scope, tree: Node): void {
  for (const node of scope.newValues.size > 0 ? nodesOf(tree, 'A_Const') : []) {
    const value = (node.sval as { sval?: string } | undefined)?.sval;
    const type = value === undefined ? undefined : scope.newValues.get(value);
    if (value === undefined || type === undefined) continue;
    scope.newValues.delete(value);
    scope.report({
      rule: 'enum-value-used',
      message: `'${value}' was added to ${type} in the same transaction, and seems to be used here: PostgreSQL refuses that.`,
    });
  }
}

/** CREATE TRIGGER, RULE, POLICY, STATISTICS; COMMENT, LOCK and similar statements: their locks. */
export function createTrigger(scope: Scope, tree: Node): void {
  scope.lock(scope.schema.of(tree.relation), 'SHARE ROW EXCLUSIVE');
  if (tree.replace === true && scope.server.version < 14) tooOld(scope, 'CREATE OR REPLACE TRIGGER', 14);
}

export function locksTable(scope: Scope, range: unknown, lock: LockMode): void {
  scope.lock(scope.schema.of(range), lock);
}

const modes: readonly LockMode[] = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

export function lockTable(scope: Scope, { relations, mode }: Node): void {
  const lock = modes[Number(mode) - 1] ?? 'ACCESS EXCLUSIVE';
  for (const range of nodesOf(relations, 'RangeVar')) {
    const table = scope.schema.of(range);
    if (modes.indexOf(lock) < 4) scope.lock(table, lock);
    else
      scope.report({
        rule: 'explicit-lock',
        table,
        lock,
        message: `${scope.schema.nameOf(table)} is locked (${lock}) until the transaction ends.`,
      });
  }
}

/** COMMENT ON. */
export function comment(scope: Scope, { objtype, object }: Node): void {
  if (objtype !== 'OBJECT_TABLE' && objtype !== 'OBJECT_COLUMN') return;
  const names = namesIn((object as { List?: { items?: unknown } } | undefined)?.List?.items);
  const table = objtype === 'OBJECT_COLUMN' ? names.slice(0, -1) : names;
  scope.lock(scope.schema.table(table.at(-2), table.at(-1) ?? ''), 'SHARE UPDATE EXCLUSIVE');
}

/** VACUUM and ANALYZE. */
export function vacuum(scope: Scope, { options, rels }: Node): void {
  const full = JSON.stringify(options ?? []).includes('"defname":"full"');
  const tables = [...nodesOf(rels, 'VacuumRelation')].map(one => scope.schema.of(one.relation));
  for (const table of tables) {
    if (!full) scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
    else rewritten(scope, table, 'VACUUM FULL');
  }
  if (full && tables.length === 0) rewritten(scope, undefined, 'VACUUM FULL');
}

/** CLUSTER. */
export function cluster(scope: Scope, { relation }: Node): void {
  rewritten(scope, relation ? scope.schema.of(relation) : undefined, 'CLUSTER');
}

function rewritten(scope: Scope, table: Table | undefined, what: string): void {
  scope.report({
    rule: 'vacuum-full',
    table,
    lock: 'ACCESS EXCLUSIVE',
    rewrites: true,
    message: `${what} rewrites all of ${table ? scope.schema.nameOf(table) : 'every table'}, while reads and writes wait.`,
  });
}

/** REFRESH MATERIALIZED VIEW. */
export function refresh(scope: Scope, { relation, concurrent, skipData }: Node): void {
  const { schema } = scope;
  const view = { ...schema.of(relation), rows: null };
  const name = schema.nameOf(view);
  if (skipData === true) {
    scope.report({
      rule: 'empties-view',
      table: view,
      lock: 'ACCESS EXCLUSIVE',
      message: `Queries on ${name} fail until it is refreshed.`,
    });
  } else if (concurrent === true) {
    scope.lock(view, 'EXCLUSIVE');
    if (
      view.known &&
      !view.indexes.some(index => index.unique && !index.partial && !index.columns.includes(null))
    ) {
      scope.report({
        rule: 'refresh-needs-unique-index',
        table: view,
        lock: 'EXCLUSIVE',
        message: `${name} has no unique index, which CONCURRENTLY needs: this fails.`,
      });
    }
  } else {
    scope.report({
      rule: 'refresh-blocks',
      table: view,
      lock: 'ACCESS EXCLUSIVE',
      rewrites: true,
      message: `Reads of ${name} wait until its query is done.`,
    });
  }
}

/** CREATE VIEW. */
export function createView(scope: Scope, { view, query, replace }: Node): void {
  const { schema } = scope;
  for (const range of nodesOf(query, 'RangeVar'))
    if (schema.of(range).known) scope.lock(schema.of(range), 'ACCESS SHARE');
  const place = schema.of(view);
  if (place.known && replace === true) {
    scope.lock({ ...place, rows: null }, 'ACCESS EXCLUSIVE');
    return;
  }
  schema.put({ ...place, kind: 'view', made: true, rows: null });
}

/** SET. */
export function setting(scope: Scope, { kind, name, args, is_local: local }: Node): void {
  if (name === 'search_path') {
    const path = [...nodesOf(args, 'A_Const')].map(
      ({ sval }) => (sval as { sval?: string } | undefined)?.sval ?? '',
    );
    // "$user" is a schema that hardly any database has
    scope.searchPath(
      kind === 'VAR_RESET' ? [] : path.filter(one => one !== '' && !one.startsWith('$')),
      local === true,
    );
    return;
  }
  if (name !== 'lock_timeout' || kind === 'VAR_RESET') return;
  const [value] = [...nodesOf(args, 'A_Const')];
  const { ival, sval } = (value ?? {}) as { ival?: { ival?: number }; sval?: { sval?: string } };
  const off = sval ? /^0\s*[a-z]*$/i.test(sval.sval ?? '') : (ival?.ival ?? 0) === 0;
  scope.lockTimeout = !off;
  if (off)
    scope.report({
      rule: 'no-lock-timeout',
      message:
        'Statements after this one wait for locks without limit, and everything else queues behind them.',
    });
}
