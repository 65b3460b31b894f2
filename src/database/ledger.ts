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
  readonly serverVersion: string;
  /** A hot standby or `default_transaction_read_only`. */
  readonly readOnly: boolean;
}

/** The migrations table as MikroORM's own storage resolves it. */
export function ledgerTable({ options, orm }: Project): LedgerTable {
  const parts = (options.tableName as string).split('.');
  const name = parts.length > 1 ? (parts[1] as string) : (parts[0] as string);
  const schema =
    (options as { schema?: string }).schema ??
    (parts.length > 1 ? (parts[0] as string) : (orm.config.get('schema') ?? 'public'));
  return { schema, name, sql: `${quoteIdent(schema)}.${quoteIdent(name)}` };
}

/** Reads what is applied, in one statement per question and writing nothing. */
export async function readLedger(connection: Connection, table: LedgerTable): Promise<Ledger> {
  const [server] = await connection.query<{
    version: string;
    read_only: boolean;
    present: boolean;
    readable: boolean | null;
  }>(
    `select current_setting('server_version') as version,
            (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as read_only,
            c.oid is not null as present,
            case when c.oid is not null
              then has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') end as readable
       from (select 1) as one
       left join pg_namespace n on n.nspname = ?
       left join pg_class c on c.relnamespace = n.oid and c.relname = ? and c.relkind in ('r', 'p', 'v', 'f')`,
    [table.schema, table.name],
  );
  const serverVersion = server?.version.split(' ')[0] ?? '';
  const readOnly = server?.read_only === true;
  if (!server?.present) return { table: 'absent', applied: new Map(), serverVersion, readOnly };
  if (!server.readable) return { table: 'forbidden', applied: new Map(), serverVersion, readOnly };
  const rows = await connection.query<{ name: string; executed_at: Date | string | null }>(
    `select name, executed_at from ${table.sql} order by id`,
  );
  const applied = new Map<string, Date | null>();
  for (const row of rows) {
    const id = row.name.replace(/\.[jt]s$/, '');
    if (!applied.has(id)) applied.set(id, row.executed_at === null ? null : new Date(row.executed_at));
  }
  return { table: 'present', applied, serverVersion, readOnly };
}
