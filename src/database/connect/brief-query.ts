import type { MikroORM } from '@mikro-orm/core';
import type { Query } from '../journal/table.ts';
import { holdConnection } from '../run/kysely.ts';
import { ObservedConnection } from '../run/observed.ts';

/**
 * Runs queries of a connected ORM that wait for locks only this long, ms. Values are in PostgreSQL's text format.
 * @throws SQLSTATE 55P03 after it
 */
export function briefQueryOn(orm: MikroORM, lockTimeout: number): Query {
  return async (sql, parameters = []) => {
    const { raw, release } = await holdConnection(orm);
    const connection = new ObservedConnection(raw);
    try {
      const answers = await connection.pipeline([
        { sql: 'start transaction isolation level read committed read only' },
        { sql: `set local lock_timeout = ${lockTimeout}` },
        { sql, parameters: parameters as (string | null)[] },
        { sql: 'commit' },
      ]);
      return (answers[2]?.rows ?? []) as never;
    } catch (error) {
      await connection.query('rollback').catch(() => {});
      throw error;
    } finally {
      release();
    }
  };
}
