import { type Node, namesIn } from '../../safety/parse.ts';
import { keyOf, type Table } from '../objects.ts';
import { isPartOf } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { dependentsOf, keysTo } from './dependents.ts';
import { gone, missing, needed, otherKind, type Refusal } from './refusal.ts';

/* DROP of what does not exist, is of another kind, or is needed by something else. */

const dropped: Readonly<Record<string, readonly Table['kind'][]>> = {
  OBJECT_TABLE: ['table', 'partitioned'],
  OBJECT_VIEW: ['view'],
  OBJECT_MATVIEW: ['materialized'],
};

/** Refusals of DROP. */
export function refusedDrop(scope: Scope, tree: Node): Refusal[] {
  const { schema } = scope;
  const kind = String(tree.removeType);
  const cascade = tree.behavior === 'DROP_CASCADE';
  const objects = (Array.isArray(tree.objects) ? tree.objects : []) as Node[];
  const allowed = dropped[kind];
  if (allowed) {
    const ranges = objects.map(one => rangeOf(namesIn((one as { List?: { items?: unknown } }).List?.items)));
    const all = new Set(ranges.map(range => keyOf(schema.of(range))));
    return ranges.flatMap(range => {
      const table = schema.of(range);
      if (!schema.has(table)) return tree.missing_ok === true ? [] : missing(scope, range);
      if (!allowed.includes(table.kind)) return [otherKind(scope, table, allowed[0] as Table['kind'])];
      return cascade ? [] : neededBy(scope, table, all);
    });
  }
  if (cascade) return [];
  switch (kind) {
    case 'OBJECT_INDEX':
      return objects.flatMap(one =>
        dropIndex(scope, namesIn((one as { List?: { items?: unknown } }).List?.items), tree),
      );
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return objects.flatMap(one =>
        dropType(scope, namesIn((one as { TypeName?: { names?: unknown } }).TypeName?.names)),
      );
    case 'OBJECT_SCHEMA':
      return objects.flatMap(one => {
        const name = (one as { String?: { sval?: string } }).String?.sval ?? '';
        const inside = [...schema.tables.values()].find(table => table.schema === name);
        return inside
          ? [
              needed(`the schema ${name}`, [
                inside.kind === 'view' ? `the view ${inside.name}` : `the table ${inside.name}`,
              ]),
            ]
          : [];
      });
    default:
      return [];
  }
}

function rangeOf(names: readonly string[]): { schemaname?: string; relname: string } {
  const [place, relname = ''] = [names.at(-2), names.at(-1)];
  return place === undefined ? { relname } : { schemaname: place, relname };
}

/** @param all keys of everything that the statement drops */
function neededBy({ schema }: Scope, table: Table, all: ReadonlySet<string>): Refusal[] {
  // The foreign keys to a partition are those to its partitioned table.
  const partition = isPartOf(schema, table, () => true);
  const keys = partition ? [] : keysTo(schema, table).filter(([other]) => !all.has(keyOf(other)));
  const by = [
    ...dependentsOf(schema, table, all),
    ...keys.map(([other, { name }]) => `the foreign key ${name} of ${schema.nameOf(other)}`),
  ];
  return by.length > 0 ? [needed(schema.nameOf(table), by, table)] : [];
}

function dropIndex({ schema }: Scope, names: readonly string[], tree: Node): Refusal[] {
  const name = names.at(-1) ?? '';
  const place = names.at(-2);
  const isHere = (table: Table): boolean => place === undefined || table.schema === place;
  const table = schema.withIndex(name).find(isHere);
  const constraints = table?.constraints.filter(one => one.name === name && one.kind !== 'check') ?? [];
  if (table && constraints.length > 0) {
    const message = `The constraint ${name} of ${schema.nameOf(table)} needs this index: this fails.`;
    return [{ table, message, remedy: 'Drop the constraint instead; its index goes with it.' }];
  }
  const known = schema.everywhere && schema.path.length === 0;
  if (table || tree.missing_ok === true || !known) return [];
  const hidden = [...schema.tables.values()].some(
    one =>
      isHere(one) &&
      (one.constraints.some(({ kind }) => kind === 'exclusion') || one.indexes.some(({ named }) => !named)),
  );
  return hidden ? [] : [gone(`The index ${name}`)];
}

function dropType({ schema }: Scope, names: readonly string[]): Refusal[] {
  const [name = '', key] = [names.at(-1), schema.typeKey(names)];
  const by = [...schema.tables.values()].flatMap(table =>
    [...table.columns.values()].flatMap(({ name: column, type }) =>
      type.name === name && schema.typeKey(type.schema === null ? [name] : [type.schema, name]) === key
        ? [`${schema.nameOf(table)}.${column}`]
        : [],
    ),
  );
  return schema.typeKeys.has(key) && by.length > 0 ? [needed(`the type ${names.join('.')}`, by)] : [];
}
