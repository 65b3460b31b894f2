import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { type LockMode, lockModes } from '../../values/findings.ts';
import type { Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { sourcesOf } from './create-table.ts';

/** Statements of which only the lock matters. */
export function locksTable(scope: Scope, range: unknown, lock: LockMode): void {
  scope.lock(scope.schema.of(range), lock);
}

/** LOCK. */
export function lockTable(scope: Scope, { relations, mode }: Node): void {
  const lock = lockModes[Number(mode) - 1] ?? 'ACCESS EXCLUSIVE';
  for (const range of nodesOf(relations, 'RangeVar')) {
    const table = scope.schema.of(range);
    // The tables of a view are locked with it.
    const inherits = range.inh === true ? scope.schema.below(table) : [];
    for (const other of [...inherits, ...readBy(scope.schema, table)]) scope.lock(other, lock);
    if (lockModes.indexOf(lock) < 4) scope.lock(table, lock);
    else
      scope.report({
        rule: 'explicit-lock',
        table,
        lock,
        message: `${scope.schema.nameOf(table)} is locked (${lock}) until the transaction ends.`,
      });
  }
}

/** The tables that a view reads, also through other views. */
function readBy(schema: Schema, view: Table): Table[] {
  if (view.kind !== 'view') return [];
  const sources = view.sources.map(key => schema.byKey(key));
  return [...sources, ...sources.flatMap(one => readBy(schema, one))];
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
  } else if (!view.filled) {
    // Queries on it fail anyway.
    scope.lock(view, 'ACCESS EXCLUSIVE');
    schema.change(view, { filled: true });
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
export function createView(scope: Scope, { view, query, replace, aliases }: Node): void {
  const { schema } = scope;
  for (const range of nodesOf(query, 'RangeVar'))
    if (schema.of(range).known) scope.lock(schema.of(range), 'ACCESS SHARE');
  const place = schema.of(view);
  const { SelectStmt = null } = (query ?? {}) as { SelectStmt?: Node };
  const is = { definition: SelectStmt, aliases: namesIn(aliases), sources: sourcesOf(schema, query) };
  if (place.known && replace === true) {
    scope.lock({ ...place, rows: null }, 'ACCESS EXCLUSIVE');
    schema.change(place, is);
    return;
  }
  schema.put({ ...place, ...is, kind: 'view', made: true, rows: null });
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
      message: 'Later statements wait for locks without a limit, and other queries queue behind them.',
    });
}
