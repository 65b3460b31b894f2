import type { Inventory } from './inventory.ts';
import type { Trial } from './trial.ts';

/** SQLSTATE `cannot_coerce`. */
const cannotCoerce = '42846';

/** SQLSTATE `datatype_mismatch`: a default that is not cast. */
const datatypeMismatch = '42804';

/**
 * PostgreSQL has no cast between two enum types, and MikroORM casts directly. Where that is why statements fail, casts
 * through text instead, which keeps the rows, and sets a default again.
 * @param before the schema before the statements
 * @returns null when the statements fail for another reason, or still fail
 */
export async function castThroughText(
  trial: Trial,
  statements: readonly string[],
  before: Inventory,
): Promise<readonly string[] | null> {
  const failure = await trial.apart(() => trial.run(statements));
  if (failure?.sql?.sqlState !== cannotCoerce) return null;
  const sql = statements.map(throughText);
  const second = await trial.apart(() => trial.run(sql));
  if (second === null) return sql;
  if (second.sql?.sqlState !== datatypeMismatch) return null;
  const apart = sql.flatMap(statement => withoutDefault(statement, before));
  return (await trial.apart(() => trial.run(apart))) === null ? apart : null;
}

/** Drops the default of the column for the change of its type: PostgreSQL casts rows, but not the default. */
function withoutDefault(statement: string, before: Inventory): string[] {
  const [, table = '', column] =
    /^(alter table "[^ ]+") alter column "([^"]+)" type [^ ]+ using /.exec(statement) ?? [];
  const name = table.replaceAll('"', '').replace('alter table ', '');
  const fact = before.find(one => one.kind === 'column' && one.name === name && one.part === column);
  const literal = /^('[^']*(?:''[^']*)*')::[^']+$/.exec(fact?.is.default ?? '')?.[1];
  if (literal === undefined) return [statement];
  const alter = `${table} alter column "${column}"`;
  return [`${alter} drop default;`, statement, `${alter} set default ${literal};`];
}

/** MikroORM writes `alter column "mood" type "feeling" using ("mood"::"feeling")`. */
function throughText(statement: string): string {
  const [first = '', ...casts] = statement.split(' using ("');
  return [first, ...casts.map(cast => cast.replace('"::"', '"::text::"'))].join(' using ("');
}
