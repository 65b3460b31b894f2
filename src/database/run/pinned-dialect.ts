import type { KyselyClient } from './kysely.ts';
import type { ObservedConnection } from './observed.ts';

/**
 * A Kysely dialect in which every connection is the given one.
 * @param inTransaction the connection is inside a transaction that the caller ends: a transaction that begins
 * within it becomes a savepoint
 */
export function pinnedDialect(
  client: KyselyClient,
  connection: ObservedConnection,
  inTransaction: boolean,
): object {
  const executor = client.getExecutor();
  // How each open transaction is ended: with the name of a savepoint, with SQL, or by its owner.
  const open: string[] = [];
  let savepoints = 0;
  const named = (verb: string, name: string) => connection.query(`${verb} "${name}"`).then(() => {});
  const driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    async beginTransaction(_: unknown, settings: { isolationLevel?: string; accessMode?: string }) {
      if (inTransaction && open.length === 0) {
        open.push('outer');
        return;
      }
      if (open.length > 0) {
        const name = `migtui_${++savepoints}`;
        await named('savepoint', name);
        open.push(name);
        return;
      }
      const modes = [
        settings.isolationLevel && `isolation level ${settings.isolationLevel}`,
        settings.accessMode,
      ];
      await connection.query(`start transaction ${modes.filter(Boolean).join(' ')}`);
      open.push('sql');
    },
    async commitTransaction() {
      const ending = open.pop();
      if (ending === 'sql') await connection.query('commit');
      else if (ending && ending !== 'outer') await named('release savepoint', ending);
    },
    async rollbackTransaction() {
      const ending = open.pop();
      if (ending === 'sql') await connection.query('rollback');
      else if (ending && ending !== 'outer') await named('rollback to savepoint', ending);
    },
    savepoint: (_: unknown, name: string) => named('savepoint', name),
    rollbackToSavepoint: (_: unknown, name: string) => named('rollback to savepoint', name),
    releaseSavepoint: (_: unknown, name: string) => named('release savepoint', name),
  };
  return {
    createDriver: () => driver,
    createAdapter: () => ({ ...adapterOf(executor.adapter), supportsMultipleConnections: true }),
    createQueryCompiler: () => ({
      compileQuery: (node: object, queryId: object) => executor.compileQuery(node, queryId),
    }),
    createIntrospector: () => client.introspection,
  };
}

/** The client's adapter. Its getters are on its class. */
function adapterOf(adapter: object): Record<string, unknown> {
  const { supportsCreateIfNotExists, supportsTransactionalDdl, supportsReturning, supportsOutput } =
    adapter as Record<string, unknown>;
  return { supportsCreateIfNotExists, supportsTransactionalDdl, supportsReturning, supportsOutput };
}
