import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import type { JournalStatus } from '../../values/overview.ts';

/**
 * The schema of all objects that migtui creates in a user's database; `withMigtui` makes MikroORM ignore it.
 */
const journalSchema = 'migtui';

/** The journal's table, for SQL. */
export const journalTable = `"${journalSchema}"."journal"`;

/**
 * SQL that returns a time as ms since the epoch, as text: the format of times and floating-point numbers
 * depends on settings of the server and the role.
 */
export const msOf = (column: string): string => `(extract(epoch from ${column}) * 1000)::text`;

/** Runs a query with parameters `$1`, `$2`, … on the caller's connection. */
export type Query = <Row extends object>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;

/**
 * Created by the first run. One row for each step of each run: written when the step starts, completed in the
 * transaction of the step itself. Only the first row of a run has the `plan`.
 */
export const createJournal: readonly string[] = [
  `create schema if not exists "${journalSchema}"`,
  `create table if not exists ${journalTable} (
  "seq" bigint generated always as identity primary key,
  "id" uuid not null unique,
  "run" uuid not null,
  "ledger" text not null,
  "revision" text not null,
  "action" text not null check ("action" in ('up', 'down', 'log', 'unlog')),
  "outcome" text not null check ("outcome" in ('started', 'done', 'failed', 'rolled back', 'settled')),
  "transactional" boolean not null,
  "started" timestamptz not null default clock_timestamp(),
  "finished" timestamptz,
  "ms" integer,
  "database_user" text not null default session_user,
  "os_user" text not null,
  "host" text not null,
  "version" text not null,
  "plan" jsonb,
  "checksum" text,
  "error" text
)`,
  `comment on table ${journalTable} is 'What migtui ran, when, and who ran it.'`,
];

/** Whether the user's config keeps MikroORM from dropping the journal's schema. */
export function journalAllowed({ orm }: Project): boolean {
  const { ignoreSchema } = orm.config.get('schemaGenerator') as { ignoreSchema?: readonly string[] };
  return ignoreSchema?.includes(journalSchema) === true;
}

const columns = [
  'seq',
  'id',
  'run',
  'ledger',
  'revision',
  'action',
  'outcome',
  'transactional',
  'started',
  'finished',
].concat(['ms', 'database_user', 'os_user', 'host', 'version', 'plan', 'checksum', 'error']);

/**
 * The state of the journal's table in the database.
 * @throws Failure `journal-unexpected` if it is not a table that migtui created
 */
export async function journalState(query: Query): Promise<'present' | 'absent' | 'forbidden'> {
  const [row] = await query<{ present: boolean; readable: boolean; columns: string[] }>(
    `select c.oid is not null as present,
            coalesce(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), false) as readable,
            array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0) as columns
       from (select 1) as one
       left join pg_namespace n on n.nspname = $1
       left join pg_class c on c.relnamespace = n.oid and c.relname = 'journal'`,
    [journalSchema],
  );
  if (!row?.present) return 'absent';
  const missing = columns.filter(column => !row.columns.includes(column));
  if (missing.length > 0) {
    throw new Failure({
      code: 'journal-unexpected',
      message: `${journalSchema}.journal is not migtui's journal: it has no column ${missing.join(', ')}.`,
      next: `Rename ${journalSchema}.journal or drop it; the next run creates a new journal.`,
    });
  }
  return row.readable ? 'present' : 'forbidden';
}

/** Whether this role may write the journal, which exists. */
export async function mayWriteJournal(query: Query): Promise<boolean> {
  const [row] = await query<{ may: boolean }>(
    `select has_table_privilege('${journalTable}', 'insert') and has_table_privilege('${journalTable}', 'update') as may`,
  );
  return row?.may === true;
}

/** Whether the first run of this role creates the journal. */
async function absentJournal(query: Query): Promise<JournalStatus> {
  const [row] = await query<{ may: boolean; grant: string }>(
    `select has_database_privilege(current_database(), 'create')
              or coalesce(has_schema_privilege(to_regnamespace($1)::oid, 'create'), false) as may,
            format('grant create on database %I to %I', current_database(), current_user) as grant`,
    [journalSchema],
  );
  if (row?.may !== false) return { state: 'ready', hint: 'The first run creates it.' };
  return { state: 'off', hint: `This role may not create the schema ${journalSchema}: ${row.grant}` };
}

/** Whether runs are recorded in the journal, and how to turn it on. */
export async function journalStatus(project: Project, query: Query): Promise<JournalStatus> {
  if (!journalAllowed(project)) {
    return {
      state: 'off',
      hint: "Wrap the config in withMigtui(…) from 'migtui/config', or add schemaGenerator: { ignoreSchema: ['migtui'] }.",
    };
  }
  const state = await journalState(query);
  if (state === 'absent') return absentJournal(query);
  if (state === 'forbidden')
    return { state: 'unknown', hint: `This role cannot read ${journalSchema}.journal.` };
  return { state: 'on', hint: null };
}
