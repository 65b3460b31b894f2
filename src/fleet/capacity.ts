import type { Query } from '../database/journal/table.ts';

/**
 * A run has one connection for its work and one for its lock; runs of a fleet share those for monitoring and
 * cancelling.
 */
export const connectionsEach = 2;
/** In addition to those of the runs. */
export const connectionsShared = 2;

/** How many targets run at once by default: more do not make one server faster. */
export const mostAtOnce = 8;

/**
 * How many targets may run at once, so that they use at most half of the free connections.
 * @param connections per target
 */
export async function roomFor(query: Query, connections: number): Promise<number> {
  const [row] = await query<{ free: number | string | null }>(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - coalesce(current_setting('reserved_connections', true), '0')::int
              - (select count(*) from pg_stat_activity where backend_type = 'client backend') as free`,
  );
  const half = Math.floor(Number(row?.free ?? 0) / 2);
  return Math.max(1, Math.min(mostAtOnce, Math.floor((half - connectionsShared) / connections)));
}
