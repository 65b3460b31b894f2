import { createHash } from 'node:crypto';
import type { MikroORM, Transaction } from '@mikro-orm/core';
import { catalogSql, type InventoryScope } from './catalog.ts';

export type { InventoryScope } from './catalog.ts';

export type FactKind =
  | 'schema'
  | 'extension'
  | 'table'
  | 'column'
  | 'constraint'
  | 'index'
  | 'sequence'
  | 'view'
  | 'materialized view'
  | 'enum'
  | 'domain'
  | 'type'
  | 'function'
  | 'trigger'
  | 'policy'
  | 'rule'
  | 'statistics'
  | 'collation'
  | 'operator'
  | 'cast'
  | 'language'
  | 'foreign server'
  | 'operator class'
  | 'operator family'
  | 'conversion'
  | 'access method'
  | 'transform'
  | 'foreign-data wrapper'
  | 'text search configuration'
  | 'text search parser'
  | 'text search template'
  | 'text search dictionary'
  | 'event trigger'
  | 'publication'
  | 'default privileges';

/** One object of a schema, in PostgreSQL's own notation. */
export interface Fact {
  readonly kind: FactKind;
  /** Null for objects of the database: extensions, event triggers, publications. */
  readonly schema: string | null;
  /** Qualified only outside the default schema: `chats`, `app.users`, `area(int)`. */
  readonly name: string;
  /** The part of a table: a column, constraint, index, trigger, rule or policy. */
  readonly part: string | null;
  /** A column's number, which stays the same when the column is renamed. */
  readonly position: number | null;
  /**
   * The properties that can differ, such as `type`, `default`, `definition`; PostgreSQL's defaults are
   * omitted.
   */
  readonly is: Readonly<Record<string, string>>;
}

/** Everything in a database that revisions create, except rows. Equal schemas have equal lists. */
export type Inventory = readonly Fact[];

export const isView = ({ kind }: Fact): boolean => kind === 'view' || kind === 'materialized view';

/** What `pg_dump --schema-only` writes but an inventory does not contain; `check` lists it. */
export const notInInventory =
  'roles, database settings, subscriptions, large objects, security labels, user mappings, privileges of languages, comments of extensions, names of "not null" constraints and of indexes of partitions';

/** All settings that affect how PostgreSQL prints definitions, set to the same values on every server. */
const readingSettings = `select set_config('search_path', '', true), set_config('TimeZone', 'UTC', true),
  set_config('DateStyle', 'ISO, MDY', true), set_config('IntervalStyle', 'postgres', true),
  set_config('extra_float_digits', '1', true), set_config('quote_all_identifiers', 'off', true),
  current_setting('server_version_num')::int as version,
  version() like '%(PGlite %' as embedded,
  array(select name from pg_prepared_statements where name like 'migtui\\_inventory\\_%') as prepared`;

interface CatalogRow {
  readonly kind: FactKind;
  readonly schema: string;
  readonly name: string;
  readonly part: string | null;
  readonly position: number | null;
  readonly facts: Record<string, string> | string;
}

interface ReadingServer {
  readonly version: number;
  /** PGlite: its only session belongs to this process. */
  readonly embedded: boolean;
  /** Names of the inventory queries that are prepared in this session. */
  readonly prepared: readonly string[];
}

/**
 * The query as a prepared statement: on PGlite, parsing and planning it takes half of the time of a reading,
 * and a rehearsal reads the inventory three times per step.
 */
async function preparedIn(
  { prepared }: ReadingServer,
  sql: string,
  execute: (sql: string) => Promise<unknown>,
): Promise<string> {
  const name = `migtui_inventory_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
  if (!prepared.includes(name)) await execute(`prepare ${name} as ${sql}`);
  return `execute ${name}`;
}

/**
 * Reads the inventory of the database that `orm` is connected to: three statements in a read-only
 * transaction, which any role may run. PostgreSQL 13 and later.
 * @param within an open transaction: its changes are visible, and its settings do not change
 */
export async function readInventory(
  orm: MikroORM,
  scope: InventoryScope,
  within?: Transaction,
): Promise<Inventory> {
  const connection = orm.em.getConnection();
  const read = async (tx: Transaction): Promise<readonly CatalogRow[]> => {
    const execute = (sql: string): Promise<unknown> => connection.execute(sql, [], 'all', tx);
    const [server] = (await execute(readingSettings)) as [ReadingServer];
    const sql = catalogSql(scope, server.version);
    return (await execute(server.embedded ? await preparedIn(server, sql, execute) : sql)) as CatalogRow[];
  };
  if (!within) {
    return factsOf(await connection.transactional(read, { readOnly: true }), scope);
  }
  await connection.execute('savepoint migtui_inventory', [], 'run', within);
  try {
    return factsOf(await read(within), scope);
  } finally {
    await connection.execute('rollback to savepoint migtui_inventory', [], 'run', within);
    await connection.execute('release savepoint migtui_inventory', [], 'run', within);
  }
}

function factsOf(rows: readonly CatalogRow[], { defaultSchema }: InventoryScope): Inventory {
  return rows.map(({ kind, schema, name, part, position, facts }) => ({
    kind,
    schema: schema === '' ? null : schema,
    name: kind === 'schema' || schema === '' || schema === defaultSchema ? name : `${schema}.${name}`,
    part,
    position,
    is: typeof facts === 'string' ? JSON.parse(facts) : facts,
  }));
}
