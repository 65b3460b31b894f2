import type { RowsInTheWay } from '../values/findings.ts';
import type { Connection } from './connect/connection.ts';
import { sqlFailure } from './sql-failure.ts';

/** `undefined_column`, `undefined_table`, `undefined_object`. */
const notThere: readonly (string | undefined)[] = ['42703', '42P01', '42704'];

/**
 * Counts the rows that a query finds, read-only and with a time limit, with up to three of them as text.
 * @param limit ms
 */
export async function countRows({ orm }: Connection, sql: string, limit: number): Promise<RowsInTheWay> {
  const connection = orm.em.getConnection();
  const ask = async <Row extends object>(text: string, tx: unknown): Promise<Row[]> =>
    (await connection.execute(text, [], 'all', tx as never)) as Row[];
  try {
    return await connection.transactional(async tx => {
      await ask(`set local statement_timeout = ${Math.round(limit)}`, tx);
      await ask('set transaction read only', tx);
      const [total] = await ask<{ n: string }>(`select count(*)::text as n from (${sql}) rows`, tx);
      const some = await ask<{ example: string }>(
        `select left(to_jsonb(rows)::text, 200) as example from (${sql}) rows limit 3`,
        tx,
      );
      return { count: Number(total?.n ?? 0), examples: some.map(({ example }) => example), failure: null };
    });
  } catch (error) {
    const { message, sql: postgres } = sqlFailure(error, sql).info;
    const failure = notThere.includes(postgres?.sqlState)
      ? 'it involves an object that the plan creates first'
      : message;
    return { count: null, examples: [], failure };
  }
}
