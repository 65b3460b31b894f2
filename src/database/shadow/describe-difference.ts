import type { Column, DatabaseTable, IndexDef, SchemaDifference, TableDifference } from '@mikro-orm/sql';
import type { Effect } from '../../values/authoring.ts';
import { shortType } from './describe.ts';

/** Describes MikroORM's schema difference in the same format as replays. */
export function describeDifference(difference: SchemaDifference, defaultSchema: string): Effect[] {
  const effects: Effect[] = [];
  const short = (name: string): string =>
    name.startsWith(`${defaultSchema}.`) ? name.slice(defaultSchema.length + 1) : name;
  const add = (sign: Effect['sign'], object: string, more = ''): void => {
    effects.push({ sign, object, words: [object, more].filter(Boolean).join(' ') });
  };
  for (const name of difference.newNamespaces) add('+', `schema ${name}`);
  for (const name of difference.removedNamespaces) add('-', `schema ${name}`);
  for (const { name, items } of difference.newNativeEnums) {
    add('+', `enum ${name}`, `(${items.map(item => `'${item}'`).join(', ')})`);
  }
  for (const { name } of difference.removedNativeEnums) add('-', `enum ${name}`);
  for (const name of Object.keys(difference.newTables)) add('+', `table ${short(name)}`);
  for (const name of Object.keys(difference.removedTables)) add('-', `table ${short(name)}`);
  for (const [name, table] of Object.entries(difference.changedTables)) addTable(add, short(name), table);
  for (const name of Object.keys(difference.newViews)) add('+', `view ${short(name)}`);
  for (const name of Object.keys(difference.removedViews)) add('-', `view ${short(name)}`);
  for (const name of Object.keys(difference.changedViews)) add('~', `view ${short(name)}`, 'changed');
  for (const name of Object.keys(difference.newRoutines)) add('+', `function ${short(name)}`);
  for (const name of Object.keys(difference.removedRoutines)) add('-', `function ${short(name)}`);
  for (const name of Object.keys(difference.changedRoutines)) add('~', `function ${short(name)}`, 'changed');
  return effects;
}

type Add = (sign: Effect['sign'], object: string, more?: string) => void;

function addTable(add: Add, name: string, table: TableDifference): void {
  for (const [column, definition] of Object.entries(table.addedColumns)) {
    add('+', `${name}.${column}`, columnText(definition));
  }
  for (const column of Object.keys(table.removedColumns)) add('-', `${name}.${column}`);
  for (const [from, to] of Object.entries(table.renamedColumns)) {
    add('~', `${name}.${from}`, `renamed to ${to.name}`);
  }
  for (const [column, { fromColumn, column: to, changedProperties }] of Object.entries(
    table.changedColumns,
  )) {
    add('~', `${name}.${column}`, [...changedProperties].map(key => changed(key, fromColumn, to)).join(', '));
  }
  // MikroORM before 7.2 does not support policies.
  type Parts = Record<string, unknown> | undefined;
  const parts: [string, Parts, Parts, Parts][] = [
    ['index', table.addedIndexes, table.removedIndexes, table.changedIndexes],
    ['foreign key', table.addedForeignKeys, table.removedForeignKeys, table.changedForeignKeys],
    ['check', table.addedChecks, table.removedChecks, table.changedChecks],
    ['trigger', table.addedTriggers, table.removedTriggers, table.changedTriggers],
    ['policy', table.addedPolicies, table.removedPolicies, {}],
  ];
  for (const [kind, added = {}, removed = {}, changed = {}] of parts) {
    for (const part of Object.keys(added)) add('+', `${name} ${kind} ${part}`, partText(kind, added[part]));
    for (const part of Object.keys(removed)) add('-', `${name} ${kind} ${part}`);
    for (const part of Object.keys(changed))
      add('~', `${name} ${kind} ${part}`, partText(kind, changed[part]));
  }
  for (const [from, to] of Object.entries(table.renamedIndexes)) {
    add('~', `${name} index ${from}`, `renamed to ${to.keyName}`);
  }
  if (table.changedComment !== undefined) add('~', `table ${name}`, 'comment');
  if (table.changedPartitioning) add('~', `table ${name}`, 'partitioning');
  if (table.changedRlsEnabled !== undefined) {
    add('~', `table ${name}`, `row level security ${table.changedRlsEnabled ? 'enabled' : 'disabled'}`);
  }
  if (table.changedRlsForced !== undefined) {
    add('~', `table ${name}`, `row level security ${table.changedRlsForced ? 'forced' : 'not forced'}`);
  }
}

function columnText(column: Column): string {
  const { type, nullable, generated, default: value } = column;
  return [
    shortType(type),
    generated && `generated as (${generated})`,
    !nullable && 'not null',
    value != null && `default ${value}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function changed(key: string, from: Column, to: Column): string {
  switch (key) {
    case 'type':
      return `${shortType(from.type)} -> ${shortType(to.type)}`;
    case 'nullable':
      return to.nullable ? 'nullable' : 'not null';
    case 'default':
      return to.default == null ? 'no default' : `default ${to.default}`;
    case 'enumItems':
      return `one of (${(to.enumItems ?? []).map(item => `'${item}'`).join(', ')})`;
    default:
      return key;
  }
}

function partText(kind: string, part: unknown): string {
  if (kind === 'index') {
    const { unique, primary, columnNames } = part as IndexDef;
    return `${primary ? 'primary key ' : unique ? 'unique ' : ''}(${columnNames.join(', ')})`;
  }
  if (kind === 'check') {
    const { expression } = part as { expression?: unknown };
    return typeof expression === 'string' ? `(${expression})` : '';
  }
  if (kind === 'foreign key') {
    const key = part as ReturnType<DatabaseTable['getForeignKeys']>[string];
    return `(${key.columnNames.join(', ')}) references ${key.referencedTableName}(${key.referencedColumnNames.join(', ')})`;
  }
  return '';
}
