import type { MikroORM, Transaction } from '@mikro-orm/core';
import type { FailureInfo } from '../../foundation/failure.ts';
import type { UserModules } from '../../project/config/modules.ts';
import { sqlFailure } from '../sql-failure.ts';
import { type Inventory, type InventoryScope, readInventory } from './inventory.ts';
import type { Ask, ScratchRoles } from './roles.ts';
import { introspect, type SchemaJson, schemaToJson } from './schema.ts';

/** A scratch database inside a transaction that is rolled back. */
export class Trial {
  readonly #orm: MikroORM;
  readonly #tx: Transaction;
  readonly #scope: InventoryScope;
  readonly #roles: ScratchRoles | null;

  /** @param roles of the scratch database */
  constructor(orm: MikroORM, tx: Transaction, scope: InventoryScope, roles: ScratchRoles | null = null) {
    this.#roles = roles;
    this.#orm = orm;
    this.#tx = tx;
    this.#scope = scope;
  }

  /**
   * Runs statements, all or none.
   * @returns PostgreSQL's error for the first that fails; null if all run
   */
  async run(statements: readonly string[]): Promise<FailureInfo | null> {
    await this.#execute('savepoint migtui_trial');
    let statement: string | undefined;
    try {
      for (statement of statements) await this.#statement(statement);
    } catch (error) {
      await this.#undo('migtui_trial');
      return sqlFailure(error, statement).info;
    }
    await this.#execute('release savepoint migtui_trial');
    return null;
  }

  /** Runs work on it and rolls that back. */
  async apart<T>(work: () => Promise<T>): Promise<T> {
    await this.#execute('savepoint migtui_apart');
    try {
      return await work();
    } finally {
      await this.#undo('migtui_apart');
    }
  }

  /** The current state of the database. */
  async inventory(): Promise<Inventory> {
    return readInventory(this.#orm, this.#scope, this.#tx);
  }

  /** The same as MikroORM introspects it. */
  async schema(modules: UserModules): Promise<SchemaJson> {
    return schemaToJson(await introspect(modules, this.#orm, this.#tx));
  }

  /** Whether any table except the migrations table has a row. */
  async hasRows(): Promise<boolean> {
    const { schema, name } = this.#scope.ledger;
    const connection = this.#orm.em.getConnection();
    const tables = (await connection.execute(
      `select format('%I.%I', n.nspname, c.relname) as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
          and (n.nspname, c.relname) <> (?, ?)`,
      [schema, name],
      'all',
      this.#tx,
    )) as { name: string }[];
    for (const { name } of tables) {
      const [row] = (await connection.execute(
        `select exists (select from ${name}) as any`,
        [],
        'all',
        this.#tx,
      )) as { any: boolean }[];
      if (row?.any) return true;
    }
    return false;
  }

  async #statement(sql: string): Promise<void> {
    const ask: Ask = text =>
      this.#orm.em.getConnection().execute(text, [], 'all', this.#tx) as Promise<object[]>;
    const prepared = this.#roles ? await this.#roles.prepare(sql, ask) : sql;
    if (prepared !== '') await this.#execute(prepared);
  }

  /** Savepoints of the same name are stacked: one that was rolled back to still exists. */
  async #undo(savepoint: string): Promise<void> {
    await this.#execute(`rollback to savepoint ${savepoint}`);
    await this.#execute(`release savepoint ${savepoint}`);
  }

  #execute(sql: string): Promise<unknown> {
    return this.#orm.em.getConnection().execute(sql, [], 'run', this.#tx);
  }
}
