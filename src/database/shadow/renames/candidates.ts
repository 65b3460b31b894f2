import type { DatabaseSchema, DatabaseTable, SchemaComparator } from '@mikro-orm/sql';
import { Failure } from '../../../foundation/failure.ts';
import type { SchemaJson } from '../schema.ts';
import { renamed } from './after.ts';
import { type EnumJson, isEnum, isTable } from './json.ts';
import { placeOf, type Rename, written } from './rename.ts';

/** The user's decisions about renames. */
export interface RenameChoice {
  /** In the format of `--rename`: `contact.fax:email`, `people:persons`, `mood.sad:unhappy`. */
  readonly renames: readonly string[];
  /** Pairs that are not renames, in the same format. */
  readonly notRenames: readonly string[];
  /** All other possible renames are a drop and an addition. */
  readonly others: 'drop and add' | 'ask';
}

/** The decided renames, and the undecided ones. */
export interface Renames {
  readonly chosen: readonly Rename[];
  readonly undecided: readonly Rename[];
}

/** Builds both schemas in MikroORM's form, after the renames so far. */
export type Sides = (renames: readonly Rename[]) => { from: DatabaseSchema; to: DatabaseSchema };

/**
 * Applies the decisions to two schemas, and finds further possible renames: a removed object and a similar
 * new one. Tables come first: possible renames inside a table are known only after its own rename is decided.
 * @param json the schema before the renames
 * @throws Failure `unknown-rename` if a rename names no removed or no new object
 */
export function findRenames(
  json: SchemaJson,
  comparator: SchemaComparator,
  sides: Sides,
  { renames, notRenames, others }: RenameChoice,
): Renames {
  const chosen: Rename[] = [];
  const asked = renames.map((text): Asked => ({ text, ...partsOf(text) }));
  const take = (kinds: readonly Rename['kind'][]): Rename[] => {
    const { from, to } = sides(chosen);
    const changed = differences(renamed(json, chosen), comparator, from, to);
    for (const one of [...asked]) {
      const match = matching(changed, one, chosen).find(({ kind }) => kinds.includes(kind));
      if (!match) continue;
      chosen.push(match);
      asked.splice(asked.indexOf(one), 1);
    }
    const used = (name: Rename): boolean =>
      chosen.some(
        one =>
          one.kind === name.kind &&
          placeOf(one).join('.') === placeOf(name).join('.') &&
          (one.from === name.from || one.to === name.to),
      );
    return changed.likely.filter(
      one => kinds.includes(one.kind) && !used(one) && !notRenames.includes(written(one)),
    );
  };
  const tables = take(['table']);
  if (others === 'ask' && tables.length > 0) return { chosen, undecided: tables };
  const rest = take(['column', 'enum value', 'value']);
  const [unknown] = asked;
  if (unknown) throw unknownRename(unknown.text, rest.concat(tables));
  return { chosen, undecided: others === 'ask' ? rest : [] };
}

interface Changes {
  /** Every removed object paired with every new one in the same place. */
  readonly possible: readonly Rename[];
  /** Pairs of the same type; for tables, those with mostly the same columns. */
  readonly likely: readonly Rename[];
}

function differences(
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
    const gone = table.getColumns().filter(column => !now.hasColumn(column.name));
    const fresh = now.getColumns().filter(column => !table.hasColumn(column.name));
    for (const old of gone) {
      for (const column of fresh) {
        const rename = {
          kind: 'column',
          schema: table.schema,
          of: table.name,
          from: old.name,
          to: column.name,
        } as const;
        add(
          rename,
          isOneType(comparator, column, old, table) && isKey(table, old.name) === isKey(now, column.name),
        );
      }
    }
  }
  for (const rename of checkedValues(before, tableIn(after))) add(rename, true);
  const wanted = Object.values(to.getNativeEnums()) as EnumJson[];
  for (const type of Object.values(json.nativeEnums) as EnumJson[]) {
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

/** Most columns are in both, with the same type, and not only the key. */
function areAlike(comparator: SchemaComparator, one: DatabaseTable, other: DatabaseTable): boolean {
  const columns = one.getColumns();
  const shared = columns.filter(column => {
    const same = other.getColumn(column.name);
    return same && isOneType(comparator, same, column, one);
  });
  const all = columns.length + other.getColumns().length - shared.length;
  return shared.some(column => !column.primary) && shared.length / all >= 0.6;
}

function isKey(table: DatabaseTable, column: string): boolean {
  return Object.values(table.getForeignKeys()).some(key => key.columnNames.includes(column));
}

interface Asked extends Parts {
  readonly text: string;
}

interface Parts {
  readonly of: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** @throws Failure `bad-rename` */
function partsOf(text: string): Parts {
  const at = text.indexOf(':');
  const left = text.slice(0, at).split('.');
  const right = text.slice(at + 1);
  const [from = '', ...of] = left.reverse();
  // The table may be repeated after the colon.
  const to = right.includes('.') && of.length > 0 ? right.slice(right.lastIndexOf('.') + 1) : right;
  if (at < 1 || from === '' || to === '') {
    throw new Failure({
      code: 'bad-rename',
      message: `"${text}" is not a rename.`,
      next: 'Write it as old:new, such as people:persons, contact.fax:email or mood.sad:unhappy.',
    });
  }
  return { of: of.reverse(), from, to };
}

/** Objects of a renamed table can be given with its new or its former name. */
function matching({ possible }: Changes, asked: Asked, chosen: readonly Rename[]): Rename[] {
  const { text, of, from, to } = asked;
  const exact = possible.filter(one => written(one) === text);
  if (exact.length > 0) return exact;
  return possible.filter(one => {
    if (one.from !== from || one.to !== to) return false;
    return [placeOf(one), formerPlace(one, chosen)].some(
      names =>
        of.length <= names.length && of.every((name, at) => name === names[names.length - of.length + at]),
    );
  });
}

function formerPlace(rename: Rename, chosen: readonly Rename[]): string[] {
  const [schema = '', table, ...rest] = placeOf(rename);
  const former = chosen.find(
    one => one.kind === 'table' && one.to === table && (one.schema ?? 'public') === schema,
  );
  return former ? [schema, former.from, ...rest] : placeOf(rename);
}

function unknownRename(text: string, likely: readonly Rename[]): Failure {
  const known = likely.map(written);
  return new Failure({
    code: 'unknown-rename',
    message: `"${text}" renames nothing: the old name must exist only in the revisions, the new name only in the entities.`,
    next: known.length > 0 ? `Possible are ${known.join(', ')}.` : 'There are no rename candidates.',
    candidates: known,
  });
}
