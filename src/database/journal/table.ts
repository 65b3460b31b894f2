import type { Project } from '../../project/project.ts';
import type { JournalStatus } from '../../values/look.ts';

/** The schema of everything that migtui keeps in a user's database; `withMigtui` makes MikroORM ignore it. */
const journalSchema = 'migtui';

/** The journal's table, for SQL. */
export const journalTable = `"${journalSchema}"."journal"`;

/**
 * SQL for a time as ms since the epoch, as text: how times and floating-point numbers are written depends on
 * settings of
 * the server and the role.
 */
export const msOf = (column: string): string => `(extract(epoch from ${column}) * 1000)::text`;

/** Asks with parameters `$1`, `$2`, …; on whatever connection the asker has. */
export type Query = <Row extends object>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;

/**
 * Made by the first run. One row for each step of each run: written when the step starts, completed in the
 * transaction of the step
 * itself. `plan` stands on the first row of a run only.
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

/** How the journal's table stands in the database. */
export async function journalState(query: Query): Promise<'present' | 'absent' | 'forbidden'> {
  const [row] = await query<{ present: boolean; readable: boolean }>(
    `select c.oid is not null as present,
            coalesce(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), false) as readable
       from (select 1) as one
       left join pg_namespace n on n.nspname = $1
       left join pg_class c on c.relnamespace = n.oid and c.relname = 'journal'`,
    [journalSchema],
  );
  if (!row?.present) return 'absent';
  return row.readable ? 'present' : 'forbidden';
}

/** Whether runs are journalled, and how to turn it on. */
export async function journalStatus(project: Project, query: Query): Promise<JournalStatus> {
  if (!journalAllowed(project)) {
    return {
      state: 'off',
      hint: "Wrap the config in withMigtui(…) from 'migtui/config', or add schemaGenerator: { ignoreSchema: ['migtui'] }.",
    };
  }
  const state = await journalState(query);
  if (state === 'absent') return { state: 'ready', hint: 'The first run creates it.' };
  if (state === 'forbidden')
    return { state: 'unknown', hint: `This role cannot read ${journalSchema}.journal.` };
  return { state: 'on', hint: null };
}
