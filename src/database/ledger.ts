import { Failure } from '../foundation/failure.ts';
import { learnNames } from '../foundation/names-with-lines.ts';
import type { Project } from '../project/project.ts';
import { slug } from '../revisions/names.ts';
import type { Action, Step } from '../revisions/plans/plan.ts';
import { msOf, type Query } from './journal/table.ts';
import { lockedOr } from './locked-table.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import { slowQuery, sqlState } from './sql-failure.ts';

/** MikroORM's migrations table. */
export interface LedgerTable {
  readonly schema: string;
  readonly name: string;
  /** Quoted and qualified, for SQL. */
  readonly sql: string;
}

/** The applied revisions in the database. */
export interface Ledger {
  /** `absent` is normal for a new database; `forbidden`: this role cannot read it. */
  readonly table: 'present' | 'absent' | 'forbidden';
  /** In the order in which they were logged; a name logged twice appears once, at its first time. */
  readonly applied: ReadonlyMap<string, Date | null>;
  /** Changes whenever rows are added or removed; `absent` or `forbidden` if there are no visible rows. */
  readonly seen: string;
  readonly serverVersion: string;
  /** A hot standby or `default_transaction_read_only`. */
  readonly readOnly: boolean;
  /** The schema of the table exists; if not, the first run creates it. */
  readonly schemaExists: boolean;
  /** Every schema that has a migrations table of this name, sorted; empty if not requested. */
  readonly schemas: readonly string[];
  /** Number of other tables in its schema; 0 if not requested. */
  readonly otherTables: number;
}

/**
 * The migrations table as resolved by MikroORM's own storage.
 * @param runSchema the schema in which migrations run; null: the default
 */
export function ledgerTable(
  {
    options,
    orm,
    schema: own,
    ledgerSchema = null,
  }: Pick<Project, 'options' | 'orm' | 'schema'> & Partial<Pick<Project, 'ledgerSchema'>>,
  runSchema: string | null = own,
): LedgerTable {
  const parts = (options.tableName as string).split('.');
  const name = parts.length > 1 ? (parts[1] as string) : (parts[0] as string);
  const configured = parts.length > 1 ? (parts[0] as string) : (orm.config.get('schema') ?? defaultSchema);
  const schema = runSchema ?? (configured === defaultSchema ? (ledgerSchema ?? defaultSchema) : configured);
  return { schema, name, sql: `${quoteIdent(schema)}.${quoteIdent(name)}` };
}

/** MikroORM omits this schema in its statements, so search_path decides which table is used. */
const defaultSchema = 'public';

/**
 * The schema in which MikroORM's statements would find, or create, a migrations table of this name.
 * @returns null if there is none
 */
export async function findLedgerSchema(query: Query, { name }: LedgerTable): Promise<string | null> {
  const [row] = await query<{ schema: string | null }>(
    `select coalesce((select n.nspname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.oid = to_regclass($1)), current_schema()::text) as schema`,
    [quoteIdent(name)],
  );
  return row?.schema ?? null;
}

/** SQLSTATE `cannot_coerce`. */
const cannotCast = '42846';

/** The names of its columns in MikroORM. */
const columns = ['id', 'name', 'executed_at'];

/** Other contents of the database. */
const aroundColumns = `,
            array(select s.nspname::text from pg_class t join pg_namespace s on s.oid = t.relnamespace
                   where t.relname = $2 and t.relkind in ('r', 'p', 'v', 'f') order by 1) as schemas,
            (select count(*)::int from pg_class t
              where t.relnamespace = n.oid and t.relkind in ('r', 'p') and t.relname <> $2) as other_tables`;

/**
 * Reads the applied revisions, with one statement per query and without writing anything.
 * @param around whether to read `schemas` and `otherTables`, which is slow with thousands of schemas
 * @throws Failure `table-unexpected` if it is not a migrations table of MikroORM
 */
export async function readLedger(
  { query }: { readonly query: Query },
  table: LedgerTable,
  around = true,
): Promise<Ledger> {
  const [server] = await query<{
    version: string;
    read_only: boolean;
    present: boolean;
    readable: boolean | null;
    columns: string[];
    schema_exists: boolean;
    schemas?: string[];
    other_tables?: number;
  }>(
    `select current_setting('server_version') as version,
            (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as read_only,
            c.oid is not null as present,
            case when c.oid is not null
              then has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') end as readable,
            array(select a.attname::text from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
            n.oid is not null as schema_exists${around ? aroundColumns : ''}
       from (select (select oid from pg_namespace where nspname = $1) as oid) as n
       left join pg_class c on c.relnamespace = n.oid and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f')`,
    [table.schema, table.name],
  );
  const serverVersion = server?.version.split(' ')[0] ?? '';
  const known = {
    serverVersion,
    readOnly: server?.read_only === true,
    schemaExists: server?.schema_exists === true,
    schemas: server?.schemas ?? [],
    otherTables: server?.other_tables ?? 0,
  };
  if (!server?.present) return { table: 'absent', seen: 'absent', applied: new Map(), ...known };
  if (!server.readable) return { table: 'forbidden', seen: 'forbidden', applied: new Map(), ...known };
  if (!columns.every(column => server.columns.includes(column))) throw unexpected(table, server.columns);
  const rows = await query<{ id: string | null; name: string | null; ms: string | null }>(
    `select id::text as id, name::text as name, ${msOf('executed_at::timestamptz')} as ms
       from ${table.sql} order by ${table.sql}.id`,
  ).catch(async error => {
    const state = sqlState(error);
    if (!state || slowQuery(error)) throw await lockedOr(error, query, table.sql);
    if (state === cannotCast) throw unexpected(table, server.columns);
    throw ofTheTable.test(state) ? unreadable(table, error) : error;
  });
  const applied = new Map<string, Date | null>();
  for (const { name, ms } of rows) {
    // A row without a name has no meaning.
    if (name === null) continue;
    const id = name.replace(/\.[jt]s$/, '');
    if (!applied.has(id)) applied.set(id, dateOf(ms));
  }
  learnNames([...applied.keys(), ...known.schemas], slug);
  return { table: 'present', seen: `${rows.length}/${rows.at(-1)?.id ?? 0}`, applied, ...known };
}

/** The statement that writes or deletes the log row of a step and its related rows, the step's own last. */
export function logRowSql(
  table: LedgerTable,
  { revision, action, with: others = [] }: Step,
  column?: string,
): string {
  return rowsSql(table, action, [...others, revision], column);
}

/**
 * Writes or deletes log rows.
 * @param column that contains the name, quoted; default: quoted for PostgreSQL
 */
export function rowsSql(
  table: LedgerTable,
  action: Action,
  ids: readonly string[],
  column = '"name"',
): string {
  if (action === 'up' || action === 'log') {
    return `insert into ${table.sql} (${column}) values ${ids.map(id => `(${quoteLiteral(id)})`).join(', ')}`;
  }
  const names = ids.flatMap(id => ['', '.js', '.ts'].map(ending => quoteLiteral(`${id}${ending}`)));
  return `delete from ${table.sql} where ${column} in (${names.join(', ')})`;
}

/** Null for values that a Date cannot represent: `infinity`, or a year outside JavaScript's range. */
function dateOf(ms: string | null): Date | null {
  const date = new Date(ms === null ? Number.NaN : Number(ms));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Errors that the contents of a table or view cause: data, definition, PL/pgSQL. Not those of the connection. */
const ofTheTable = /^(22|38|39|42|P0)/;

function unreadable({ schema, name }: LedgerTable, error: Error): Failure {
  return new Failure(
    {
      code: 'table-unexpected',
      message: `The table ${schema}.${name} cannot be read: ${error.message}`,
      next: `Try it in psql: select id, name, executed_at from ${schema}.${name}. It has to be the table that MikroORM creates.`,
    },
    { cause: error },
  );
}

function unexpected({ schema, name }: LedgerTable, found: readonly string[]): Failure {
  return new Failure({
    code: 'table-unexpected',
    message: `The table ${schema}.${name} is not MikroORM's: it has the columns ${found.join(', ')}, not ${columns.join(', ')}.`,
    next: "Rename it, or set another table for MikroORM's log: migrations.tableName in the MikroORM config.",
  });
}
