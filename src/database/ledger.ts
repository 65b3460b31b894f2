import type { Project } from '../project/project.ts';
import type { Connection } from './connection.ts';
import { quoteIdent } from './quote.ts';

/** MikroORM's migrations table. */
export interface LedgerTable {
  readonly schema: string;
  readonly name: string;
  /** Quoted and qualified, for SQL. */
  readonly sql: string;
}

/** What the database says is applied. */
export interface Ledger {
  /** `absent` is normal for a new database; `forbidden`: this role may not read it. */
  readonly table: 'present' | 'absent' | 'forbidden';
  /** In the order they were logged; a name logged twice appears once, with its first time. */
  readonly applied: ReadonlyMap<string, Date | null>;
  /** Differs whenever rows came or went; `absent` or `forbidden` without rows to see. */
  readonly seen: string;
  readonly serverVersion: string;
  /** A hot standby or `default_transaction_read_only`. */
  readonly readOnly: boolean;
  /** The schema of the table is there; one that is not is made by the first run. */
  readonly schemaExists: boolean;
  /** Every schema that has a migrations table of this name, sorted. */
  readonly schemas: readonly string[];
}

/**
 * The migrations table as MikroORM's own storage resolves it.
 * @param runSchema the schema that migrations run in; null: none in particular
 */
export function ledgerTable(
  { options, orm, schema: own }: Pick<Project, 'options' | 'orm' | 'schema'>,
  runSchema: string | null = own,
): LedgerTable {
  const parts = (options.tableName as string).split('.');
  const name = parts.length > 1 ? (parts[1] as string) : (parts[0] as string);
  const schema =
    runSchema ?? (parts.length > 1 ? (parts[0] as string) : (orm.config.get('schema') ?? 'public'));
  return { schema, name, sql: `${quoteIdent(schema)}.${quoteIdent(name)}` };
}

/** Reads what is applied, in one statement per question and writing nothing. */
export async function readLedger(connection: Connection, table: LedgerTable): Promise<Ledger> {
  const [server] = await connection.query<{
    version: string;
    read_only: boolean;
    present: boolean;
    readable: boolean | null;
    schema_exists: boolean;
    schemas: string[];
  }>(
    `select current_setting('server_version') as version,
            (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as read_only,
            c.oid is not null as present,
            case when c.oid is not null
              then has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') end as readable,
            n.oid is not null as schema_exists,
            array(select s.nspname::text from pg_class t join pg_namespace s on s.oid = t.relnamespace
                   where t.relname = ? and t.relkind in ('r', 'p', 'v', 'f') order by 1) as schemas
       from (select 1) as one
       left join pg_namespace n on n.nspname = ?
       left join pg_class c on c.relnamespace = n.oid and c.relname = ? and c.relkind in ('r', 'p', 'v', 'f')`,
    [table.name, table.schema, table.name],
  );
  const serverVersion = server?.version.split(' ')[0] ?? '';
  const known = {
    serverVersion,
    readOnly: server?.read_only === true,
    schemaExists: server?.schema_exists === true,
    schemas: server?.schemas ?? [],
  };
  if (!server?.present) return { table: 'absent', seen: 'absent', applied: new Map(), ...known };
  if (!server.readable) return { table: 'forbidden', seen: 'forbidden', applied: new Map(), ...known };
  const rows = await connection.query<{ id: unknown; name: string; executed_at: Date | string | null }>(
    `select id, name, executed_at from ${table.sql} order by id`,
  );
  const applied = new Map<string, Date | null>();
  for (const row of rows) {
    const id = row.name.replace(/\.[jt]s$/, '');
    if (!applied.has(id)) applied.set(id, row.executed_at === null ? null : new Date(row.executed_at));
  }
  return { table: 'present', seen: `${rows.length}/${rows.at(-1)?.id ?? 0}`, applied, ...known };
}
