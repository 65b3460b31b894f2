import type { Session } from '../values/run.ts';
import type { Connection } from './connect/connection.ts';
import { queryOn } from './connect/monitor.ts';
import type { LedgerTable } from './ledger.ts';
import { holderOf, lockKeys } from './lock.ts';

/** What the server reports about this connection, its role and the migrations table. Read-only. */
export interface Health {
  /** Server version such as `18.4`. */
  readonly version: string;
  /** Major version such as 18. */
  readonly major: number;
  /** The connection is encrypted; null if the server does not say (PGlite, a pooler). */
  readonly tls: boolean | null;
  /** The connection stays on this machine. */
  readonly local: boolean;
  /** A pooler answers instead of the server. */
  readonly pooled: boolean;
  /** Clock of the server minus clock of this machine, ms. */
  readonly clockSkewMs: number;
  readonly role: {
    readonly name: string;
    readonly superuser: boolean;
    /** May create objects in the schema of the migrations table; null if that schema does not exist. */
    readonly createsInSchema: boolean | null;
    /** May create schemas in this database. */
    readonly createsSchemas: boolean;
    /** May insert into and delete from the migrations table; null if there is none. */
    readonly writesTable: boolean | null;
    /** Owns the migrations table, so it can write to its comment; null if there is none. */
    readonly ownsTable: boolean | null;
  };
  /** A standby, or a read-only default: runs are refused. */
  readonly readOnly: boolean;
  /** Names that are logged more than once. */
  readonly duplicates: readonly string[];
  /** The current holder of the run lock. */
  readonly lockHolder: Session | null;
  /** Installed extensions. */
  readonly extensions: readonly string[];
}

interface Row {
  readonly version: string;
  readonly version_num: number;
  readonly ssl: boolean | null;
  readonly local: boolean;
  readonly backend_pid: number;
  readonly now_ms: string;
  readonly role: string;
  readonly superuser: boolean;
  readonly creates_in_schema: boolean | null;
  readonly creates_schemas: boolean;
  readonly writes_table: boolean | null;
  readonly owns_table: boolean | null;
  readonly table_readable: boolean;
  readonly read_only: boolean;
  readonly extensions: string[];
}

/**
 * Examines a connected database.
 * @param pooled whether a pooler shares its connections
 */
export async function examine({ orm }: Connection, table: LedgerTable, pooled: boolean): Promise<Health> {
  const query = queryOn(orm);
  const sent = Date.now();
  const [row] = await query<Row>(
    `select current_setting('server_version') as version,
            current_setting('server_version_num')::int as version_num,
            (select s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()) as ssl,
            inet_client_addr() is null or inet_client_addr() = inet_server_addr() as local,
            pg_backend_pid() as backend_pid,
            (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now_ms,
            current_user::text as role,
            r.rolsuper as superuser,
            case when n.oid is not null then has_schema_privilege(n.oid, 'create') end as creates_in_schema,
            has_database_privilege(current_database(), 'create') as creates_schemas,
            case when c.oid is not null
              then has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'delete') end as writes_table,
            case when c.oid is not null then pg_has_role(c.relowner, 'usage') end as owns_table,
            coalesce(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), false) as table_readable,
            (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as read_only,
            array(select e.extname::text from pg_extension e where e.extname <> 'plpgsql' order by 1) as extensions
       from pg_roles r
       left join pg_namespace n on n.nspname = $1
       left join pg_class c on c.relnamespace = n.oid and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f')
      where r.rolname = current_user`,
    [table.schema, table.name],
  );
  const answered = Date.now();
  if (!row) throw new Error('The server did not report the current role.');
  const duplicates = row.table_readable
    ? await query<{ name: string }>(
        `select "name"::text as name from ${table.sql} group by 1 having count(*) > 1 order by 1 limit 20`,
      )
    : [];
  return {
    version: row.version.split(' ')[0] ?? row.version,
    major: Math.floor(row.version_num / 10_000),
    tls: pooled ? null : row.ssl,
    local: row.local,
    pooled,
    // The server read its clock at some time between the request and the answer.
    clockSkewMs: Math.round(Number(row.now_ms) - (sent + answered) / 2),
    role: {
      name: row.role,
      superuser: row.superuser,
      createsInSchema: row.creates_in_schema,
      createsSchemas: row.creates_schemas,
      writesTable: row.writes_table,
      ownsTable: row.owns_table,
    },
    readOnly: row.read_only,
    duplicates: duplicates.map(({ name }) => name),
    lockHolder: await holderOf(query, lockKeys(table).run),
    extensions: row.extensions,
  };
}
