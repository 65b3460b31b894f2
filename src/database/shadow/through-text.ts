import type { Trial } from './trial.ts';

/** SQLSTATE `cannot_coerce`. */
const cannotCoerce = '42846';

/**
 * PostgreSQL has no cast between two enum types, and MikroORM casts directly. Where that is why statements fail, casts
 * through text instead, which keeps the rows.
 * @returns null when the statements fail for another reason, or still fail
 */
export async function castThroughText(
  trial: Trial,
  statements: readonly string[],
): Promise<readonly string[] | null> {
  const failure = await trial.apart(() => trial.run(statements));
  if (failure?.sql?.sqlState !== cannotCoerce) return null;
  const sql = statements.map(throughText);
  return (await trial.apart(() => trial.run(sql))) === null ? sql : null;
}

/** MikroORM writes `alter column "mood" type "feeling" using ("mood"::"feeling")`. */
function throughText(statement: string): string {
  const [first = '', ...casts] = statement.split(' using ("');
  return [first, ...casts.map(cast => cast.replace('"::"', '"::text::"'))].join(' using ("');
}
