import type { Node, Statement } from '../../safety/parse.ts';
import type { Column, Table } from '../objects.ts';
import { quoted } from '../questions.ts';
import type { Schema } from '../schema.ts';
import { typeText } from '../type-name.ts';
import { fill } from './backfill.ts';
import { notNullOf } from './constraints.ts';
import { nothing, type Rewrite } from './rewrite.ts';
import { tableIn, withoutSemicolon } from './statement.ts';

/*
 * Expand now, contract later: changes that break old clients come last, in a revision to deploy when no old
 * clients remain.
 */

/** DROP TABLE and DROP COLUMN. */
export function dropOf(text: string): Rewrite {
  return { ...nothing, contract: [withoutSemicolon(text)], back: { ...nothing.back, contract: null } };
}

/** RENAME of a table: a view keeps the old name until no client uses it. */
export function renameTableOf({ text, tree }: Statement): Rewrite {
  const old = tableIn(tree);
  const { schemaname, relname = '' } = (tree.relation ?? {}) as { schemaname?: string; relname?: string };
  const fresh = [schemaname, String(tree.newname)]
    .filter(name => name !== undefined)
    .map(quoted)
    .join('.');
  const view = `create view ${old} as select * from ${fresh}`;
  return {
    ...nothing,
    expand: [withoutSemicolon(text), view],
    contract: [`drop view ${old}`],
    back: {
      ...nothing.back,
      expand: [`drop view ${old}`, `alter table ${fresh} rename to ${quoted(relname)}`],
      contract: [view],
    },
  };
}

/** RENAME of a column: both columns exist, and a trigger copies writes from one to the other. */
export function renameColumnOf({ tree }: Statement, schema: Schema): Rewrite | string | null {
  const [from, to] = [String(tree.subname), String(tree.newname)];
  const table = schema.of(tree.relation);
  const column = movable(table, from);
  if (!column) return null;
  const sql = tableIn(tree);
  const [a, b] = [quoted(from), quoted(to)];
  const type = typeText(column.type);
  const backfill = fill(schema, table, sql, {
    column: to,
    value: a,
    condition: `${b} is distinct from ${a}`,
  });
  if (typeof backfill === 'string') return backfill;
  const sync = syncing(table, sql, `${from}_${to}`, [
    `if tg_op = 'INSERT' then`,
    `  new.${b} := coalesce(new.${b}, new.${a});`,
    `  new.${a} := coalesce(new.${a}, new.${b});`,
    `elsif new.${a} is distinct from old.${a} then`,
    `  new.${b} := new.${a};`,
    'else',
    `  new.${a} := new.${b};`,
    'end if;',
  ]);
  const { now, validate, finish, back } = column.notNull ? notNullOf(sql, to) : nothing;
  return {
    ...{ ...nothing, now, validate, finish },
    expand: [`alter table ${sql} add column ${b} ${type}`, ...sync.make],
    backfill: [backfill.sql],
    contract: [...sync.drop, `alter table ${sql} drop column ${a}`],
    back: {
      ...back,
      expand: [...sync.drop, `alter table ${sql} drop column ${b}`],
      contract: [
        `alter table ${sql} add column ${a} ${type}`,
        `update ${sql} set ${a} = ${b}`,
        ...(column.notNull ? [`alter table ${sql} alter column ${a} set not null`] : []),
        ...sync.make,
      ],
    },
  };
}

/** ALTER COLUMN TYPE without a custom expression: a second column is filled, and gets the name at the end. */
export function typeChangeOf(
  { tree }: Statement,
  command: Node,
  schema: Schema,
  type: string,
): Rewrite | string | null {
  const name = String(command.name);
  const table = schema.of(tree.relation);
  const column = movable(table, name);
  const temporary = `${name}_new`;
  if (!column || table.columns.has(temporary)) return null;
  const sql = tableIn(tree);
  const [a, b] = [quoted(name), quoted(temporary)];
  const old = typeText(column.type);
  const backfill = fill(schema, table, sql, {
    column: temporary,
    value: `${a}::${type}`,
    condition: `${b} is distinct from ${a}::${type}`,
  });
  if (typeof backfill === 'string') return backfill;
  const sync = syncing(table, sql, temporary, [`new.${b} := new.${a}::${type};`]);
  const { now, validate, finish, back } = column.notNull ? notNullOf(sql, temporary) : nothing;
  return {
    ...{ ...nothing, now, validate, finish },
    expand: [`alter table ${sql} add column ${b} ${type}`, ...sync.make],
    backfill: [backfill.sql],
    contract: [
      ...sync.drop,
      `alter table ${sql} drop column ${a}`,
      `alter table ${sql} rename column ${b} to ${a}`,
    ],
    back: {
      ...back,
      expand: [...sync.drop, `alter table ${sql} drop column ${b}`],
      contract: [
        `alter table ${sql} rename column ${a} to ${b}`,
        `alter table ${sql} add column ${a} ${old}`,
        `update ${sql} set ${a} = ${b}::${old}`,
        ...(column.notNull ? [`alter table ${sql} alter column ${a} set not null`] : []),
        ...sync.make,
      ],
    },
  };
}

/** A column that nothing else in its table depends on, as far as the schema shows. */
function movable({ known, kind, columns, constraints, indexes }: Table, name: string): Column | null {
  const column = columns.get(name);
  if (!known || kind !== 'table' || !column || column.hasDefault || column.identity) return null;
  const used =
    constraints.some(one => one.kind !== 'not-null' && one.columns.includes(name)) ||
    indexes.some(one => one.columns.includes(name) || one.mentions.includes(name));
  return used ? null : column;
}

/** A trigger that keeps two columns equal, and the statements that remove it. */
function syncing(
  { schema, name }: Table,
  sql: string,
  what: string,
  body: readonly string[],
): { readonly make: readonly string[]; readonly drop: readonly string[] } {
  const trigger = quoted(`${name}_${what}_sync`.slice(0, 63));
  const routine = sql.includes('.') ? `${quoted(schema)}.${trigger}` : trigger;
  const make = `create function ${routine}() returns trigger language plpgsql as $migtui$
begin
  ${body.join('\n  ')}
  return new;
end
$migtui$`;
  return {
    make: [
      make,
      `create trigger ${trigger} before insert or update on ${sql} for each row execute function ${routine}()`,
    ],
    drop: [`drop trigger ${trigger} on ${sql}`, `drop function ${routine}()`],
  };
}
