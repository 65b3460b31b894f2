import { Failure } from '../foundation/failure.ts';

/** The `onQuery` of a MikroORM config that has none. */
const unchanged = '(sql) => sql';

/** Whether the config changes statements. */
export const hasOnQuery = (onQuery: unknown): boolean => String(onQuery) !== unchanged;

/** The failure for an error that the config's `onQuery` throws. */
export function onQueryFailed(error: unknown, sql: string): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  return new Failure(
    {
      code: 'config-broken',
      message: `onQuery in the MikroORM config throws "${reason}" for: ${sql.trim().slice(0, 200)}`,
      next: 'Fix onQuery, or the statement.',
    },
    { cause: error },
  );
}
