import type { DatabaseSchema, DatabaseTable, SchemaComparator } from '@mikro-orm/sql';
import type { SchemaJson } from '../schema.ts';
import { constraintsOf, type EnumJson, indexesOf, isEnum, isTable } from './json.ts';
import type { Rename } from './rename.ts';

/** The removed and new objects of two schemas, paired. */
export interface Changes {
  /** Every removed object paired with every new one in the same place. */
  readonly possible: readonly Rename[];
  /** Pairs of the same type; for tables, those with mostly the same columns. */
  readonly likely: readonly Rename[];
}

/** @param json the former schema, after the renames so far; `from` is built from it */
export function differences(
  json: SchemaJson,
  comparator: SchemaComparator,
  from: DatabaseSchema,
  to: DatabaseSchema,
): Changes {
  const possible: Rename[] = [];
  const likely: Rename[] = [];
  const add = (rename: Rename, isLikely: boolean): void => {
    possible.push(rename);
    if (isLikely) likely.push(rename);
  };
  const before = from.getTables();
  const after = to.getTables();
  const [twin, formerTable] = [tableIn(after), tableIn(before)];
  const goneTables = before.filter(table => !twin(table));
  const newTables = after.filter(table => !formerTable(table));
  for (const gone of goneTables) {
    for (const fresh of newTables) {
      if ((gone.schema ?? 'public') !== (fresh.schema ?? 'public')) continue;
      const { schema } = gone;
      add({ kind: 'table', schema, from: gone.name, to: fresh.name }, areAlike(comparator, gone, fresh));
    }
  }
  for (const table of before) {
    const now = twin(table);
    if (!now) continue;
    const place = { schema: table.schema, of: table.name };
    const gone = table.getColumns().filter(column => !now.hasColumn(column.name));
    const fresh = now.getColumns().filter(column => !table.hasColumn(column.name));
    const alike = (column: Column, old: Column): boolean =>
      isOneType(comparator, column, old, table) && isKey(table, old.name) === isKey(now, column.name);
    for (const old of gone) {
      for (const column of fresh) {
        add({ kind: 'column', ...place, from: old.name, to: column.name }, alike(column, old));
      }
    }
    // A removed column may have taken over the name of one that was renamed.
    for (const old of table.getColumns()) {
      const successor = now.getColumn(old.name);
      if (!successor || isOneType(comparator, successor, old, table)) continue;
      const taken = gone.some(column => alike(successor, column));
      for (const column of fresh) {
        add({ kind: 'column', ...place, from: old.name, to: column.name }, taken && alike(column, old));
      }
    }
    const left = json.tables.find(one => isTable(one, place.schema, place.of));
    const pairs = (kind: 'index' | 'constraint', old: readonly string[], wanted: readonly string[]): void => {
      for (const from of old.filter(name => !wanted.includes(name))) {
        for (const to of wanted.filter(name => !old.includes(name))) add({ kind, ...place, from, to }, false);
      }
    };
    pairs(
      'index',
      indexesOf(left),
      now.getIndexes().map(index => index.keyName),
    );
    pairs('constraint', constraintsOf(left), [
      ...Object.keys(now.getForeignKeys()),
      ...now.getChecks().map(check => check.name),
    ]);
  }
  for (const rename of checkedValues(before, tableIn(after))) add(rename, true);
  const wanted = Object.values(to.getNativeEnums()) as EnumJson[];
  const known = Object.values(json.nativeEnums) as EnumJson[];
  const without = (list: readonly EnumJson[], others: readonly EnumJson[]): EnumJson[] =>
    list.filter(({ schema, name }) => !others.some(other => isEnum(other, schema, name)));
  for (const gone of without(known, wanted)) {
    for (const fresh of without(wanted, known)) {
      if ((gone.schema ?? 'public') !== (fresh.schema ?? 'public')) continue;
      add({ kind: 'enum type', schema: gone.schema, from: gone.name, to: fresh.name }, false);
    }
  }
  for (const type of known) {
    const now = wanted.find(one => isEnum(one, type.schema, type.name));
    const gone = type.items.filter(item => now && !now.items.includes(item));
    const fresh = (now?.items ?? []).filter(item => !type.items.includes(item));
    for (const old of gone) {
      for (const item of fresh) {
        add({ kind: 'enum value', schema: type.schema, of: type.name, from: old, to: item }, true);
      }
    }
  }
  return { possible, likely };
}

/** The table of the same name in the other schema. */
function tableIn(tables: readonly DatabaseTable[]): (table: DatabaseTable) => DatabaseTable | undefined {
  return table => tables.find(other => isTable(other, table.schema, table.name));
}

/** Values that a check no longer allows in a column, paired with newly allowed values. */
function checkedValues(
  before: readonly DatabaseTable[],
  twin: (table: DatabaseTable) => DatabaseTable | undefined,
): Rename[] {
  return before.flatMap(table =>
    table.getColumns().flatMap((column): Rename[] => {
      const now = twin(table)?.getColumn(column.name);
      const [old, fresh] = [column.enumItems ?? [], now?.enumItems ?? []];
      if (column.nativeEnumName || now?.nativeEnumName || /\[\]$/.test(column.type)) return [];
      const gone = old.filter(item => fresh.length > 0 && !fresh.includes(item));
      return gone.flatMap(from =>
        fresh
          .filter(item => !old.includes(item))
          .map(to => ({
            kind: 'value',
            schema: table.schema,
            of: table.name,
            column: column.name,
            from,
            to,
          })),
      );
    }),
  );
}

type Column = ReturnType<DatabaseTable['getColumns']>[number];

function isOneType(comparator: SchemaComparator, one: Column, other: Column, table: DatabaseTable): boolean {
  const changed = comparator.diffColumn(one, other, table, false);
  return !['type', 'generated', 'primary', 'autoincrement', 'nativeEnumName'].some(what => changed.has(what));
}

/**
 * Most columns are in both, with the same type, and not only a generated key. References to one table are the same column even
 * if their names differ: the columns of a pivot table are named after the entities.
 */
function areAlike(comparator: SchemaComparator, one: DatabaseTable, other: DatabaseTable): boolean {
  const columns = one.getColumns();
  const shared = columns.filter(column => {
    const same = other.getColumn(column.name);
    return same && isOneType(comparator, same, column, one);
  });
  const left = other.getColumns().filter(column => !shared.some(({ name }) => name === column.name));
  for (const column of columns) {
    if (shared.includes(column)) continue;
    const target = referencedBy(one, column.name);
    const at = left.findIndex(
      candidate =>
        target !== undefined &&
        referencedBy(other, candidate.name) === target &&
        isOneType(comparator, candidate, column, one),
    );
    if (at < 0) continue;
    shared.push(column);
    left.splice(at, 1);
  }
  const most = Math.max(columns.length, other.getColumns().length);
  const beyondKey = shared.length > 1 || shared.some(column => !column.primary || !column.autoincrement);
  return beyondKey && shared.length / most >= 0.6;
}

/** The table that a column alone refers to. */
function referencedBy(table: DatabaseTable, column: string): string | undefined {
  return Object.values(table.getForeignKeys())
    .find(({ columnNames }) => columnNames.length === 1 && columnNames[0] === column)
    ?.referencedTableName.replace(/^public\./, '');
}

function isKey(table: DatabaseTable, column: string): boolean {
  return Object.values(table.getForeignKeys()).some(key => key.columnNames.includes(column));
}
