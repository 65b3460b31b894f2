import { liveRuns } from '../database/interrupted.ts';
import { editedInSchemas } from '../database/journal/edited.ts';
import { journalState, journalTable, type Query } from '../database/journal/table.ts';
import { type LockKeys, lockKeys } from '../database/lock.ts';
import { marksOf } from '../database/marks.ts';
import { quoteIdent } from '../database/quote.ts';
import { sqlState } from '../database/sql-failure.ts';
import { Failure } from '../foundation/failure.ts';
import { learnNames } from '../foundation/names-with-lines.ts';
import type { FileChecksums } from '../project/files/migration-source.ts';
import { slug } from '../revisions/names.ts';
import type { TargetState } from './target-state.ts';

/*
 * Reads the state of many schemas of one database, with a few queries for all of them. The number of tables
 * per query is limited: each takes a lock on its tables and indexes, and a server has available for a few
 * thousand.
 */

const lockTimedOut = '55P03';

/** Number of log tables per query. */
const together = 100;

interface Found {
  readonly schema: string;
  readonly present: boolean;
  readonly readable: boolean;
  readonly ours: boolean;
  readonly comment: string | null;
  readonly writable: string | null;
}

/**
 * Reads the state of each schema without writing anything.
 * @param table name of the migrations table, the same in each
 * @param checksums of the current files, by revision
 * @param lanes number of parallel queries
 * @param logQuery reads the log tables; it gives up after a while if one of them is locked
 * @returns by schema; a failure for one that cannot be read
 */
export async function readSchemas(
  query: Query,
  table: string,
  schemas: readonly string[],
  checksums: FileChecksums,
  lanes: number,
  logQuery: Query,
): Promise<ReadonlyMap<string, TargetState | Failure>> {
  const found = await query<Found>(
    `select n.nspname::text as schema, c.oid is not null as present,
            coalesce(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), false) as readable,
            (select count(*) from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
                and a.attname in ('id', 'name', 'executed_at')) = 3 as ours,
            obj_description(c.oid, 'pg_class') as comment, pg_has_role(c.relowner, 'usage')::text as writable
       from pg_namespace n
       left join pg_class c on c.relnamespace = n.oid and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'f')
      where n.nspname = any($1::text[])`,
    [schemas, table],
  );
  const bySchema = new Map(found.map(one => [one.schema, one]));
  const readable = found.filter(({ present, readable, ours }) => present && readable && ours);
  const applied = await readLogs(
    logQuery,
    table,
    readable.map(({ schema }) => schema),
    lanes,
  );
  const ledgerOf = (schema: string): string => `${schema}.${table}`;
  const logged = new Map(
    [...applied].flatMap(([schema, ids]) => (Array.isArray(ids) ? [[ledgerOf(schema), ids] as const] : [])),
  );
  const journalled = (await journalState(query)) === 'present';
  const edited = journalled
    ? await editedInSchemas(query, logged, checksums, readable.length > 0)
    : new Map();
  const marks = await halfWayIn(query, readable, ledgerOf, journalled);
  const running = await lockedSchemas(query, table, schemas);
  return new Map(
    schemas.map((schema): [string, TargetState | Failure] => {
      const one = bySchema.get(schema);
      const ids = applied.get(schema);
      const state = { halfWay: marks.get(schema) ?? [], edited: [], running: running.has(schema) };
      if (!one) return [schema, { table: 'gone', applied: [], ...state }];
      if (!one.present) return [schema, { table: 'absent', applied: [], ...state }];
      if (!one.readable) return [schema, forbidden(ledgerOf(schema))];
      if (!one.ours) return [schema, notOurs(ledgerOf(schema))];
      if (ids === undefined) return [schema, { table: 'gone', applied: [], ...state }];
      if (!Array.isArray(ids)) return [schema, ids as Failure];
      return [
        schema,
        {
          table: 'present',
          applied: ids,
          ...state,
          edited: edited.get(ledgerOf(schema)) ?? [],
        },
      ];
    }),
  );
}

/** The contents of each log table; a failure if it cannot be read; nothing if it was just dropped. */
async function readLogs(
  query: Query,
  table: string,
  schemas: readonly string[],
  lanes: number,
): Promise<ReadonlyMap<string, readonly string[] | Failure>> {
  const applied = new Map<string, readonly string[] | Failure>();
  // Most have the same rows.
  const parsed = new Map<string, readonly string[]>();
  const parse = (text: string): readonly string[] => {
    const known = parsed.get(text);
    if (known) return known;
    const names = (JSON.parse(text) as (string | null)[]).filter(name => name !== null);
    const ids = [...new Set(names.map(name => name.replace(/\.[jt]s$/, '')))];
    learnNames(ids, slug);
    parsed.set(text, ids);
    return ids;
  };
  const read = async (some: readonly string[]): Promise<void> => {
    const parts = some.map(
      (schema, at) =>
        `select ${at} as at, coalesce(json_agg(name::text order by id), '[]')::text as names from ${quoteIdent(schema)}.${quoteIdent(table)}`,
    );
    try {
      const rows = await query<{ at: number | string; names: string }>(parts.join('\nunion all '));
      for (const { at, names } of rows) applied.set(some[Number(at)] as string, parse(names));
    } catch (error) {
      const state = sqlState(error);
      // If the server did not answer, the other queries would fail too.
      if (state === undefined) throw error;
      const [only] = some;
      if (some.length > 1) {
        const half = some.length >> 1;
        await read(some.slice(0, half));
        await read(some.slice(half));
      } else if (only !== undefined && !['42P01', '3F000'].includes(state)) {
        applied.set(only, unreadable(`${only}.${table}`, error));
      }
    }
  };
  const chunks: string[][] = [];
  for (let at = 0; at < schemas.length; at += together) chunks.push(schemas.slice(at, at + together));
  const lane = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) await read(chunk);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return applied;
}

/** From the marks of each table; from the journal if this role could not set them. */
async function halfWayIn(
  query: Query,
  found: readonly Found[],
  ledgerOf: (schema: string) => string,
  journalled: boolean,
): Promise<ReadonlyMap<string, TargetState['halfWay']>> {
  const begun = new Map<string, { run: string; revision: string; action: 'up' | 'down' }[]>();
  const foreign: string[] = [];
  for (const { schema, comment, writable } of found) {
    const { marks, writable: own } = marksOf({ comment, writable });
    if (marks.length > 0) begun.set(schema, marks as never);
    else if (!own) foreign.push(schema);
  }
  if (foreign.length > 0 && journalled) {
    const schemas = new Map(foreign.map(schema => [ledgerOf(schema), schema]));
    const rows = await query<{ ledger: string; run: string; revision: string; action: 'up' | 'down' }>(
      `select "ledger", "revision", "action", "run"::text as run from (
         select distinct on ("ledger", "revision") * from ${journalTable} j
          where exists (select from ${journalTable} b where b."ledger" = j."ledger" and b."revision" = j."revision"
                           and not b."transactional" and b."outcome" in ('started', 'failed'))
          order by "ledger", "revision", "seq" desc) as last
        where not "transactional" and "outcome" in ('started', 'failed')`,
    );
    for (const { ledger, ...one } of rows) {
      const schema = schemas.get(ledger);
      if (schema !== undefined) begun.set(schema, [...(begun.get(schema) ?? []), one]);
    }
  }
  if (begun.size === 0) return new Map();
  const live = await liveRuns(query);
  return new Map(
    [...begun].map(([schema, marks]) => [schema, marks.filter(({ run }) => !live.has(run.slice(0, 8)))]),
  );
}

/** The schemas whose run lock is currently held. */
async function lockedSchemas(
  query: Query,
  table: string,
  schemas: readonly string[],
): Promise<ReadonlySet<string>> {
  const held = await query<{ key: string }>(
    `select ((l.classid::bigint << 32) | l.objid::bigint)::text as key from pg_locks l
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())`,
  );
  if (held.length === 0) return new Set();
  const keys = new Set(held.map(({ key }) => key));
  const keysOf = (schema: string): LockKeys => lockKeys({ schema, name: table, sql: '' });
  return new Set(schemas.filter(schema => keys.has(keysOf(schema).run)));
}

function forbidden(table: string): Failure {
  return new Failure({
    code: 'table-forbidden',
    message: `This role cannot read ${table}, so the applied revisions are unknown.`,
    next: `Grant it: grant select on ${table} to the role that the MikroORM config uses.`,
  });
}

function notOurs(table: string): Failure {
  return new Failure({
    code: 'table-unexpected',
    message: `The table ${table} is not MikroORM's: it has no columns id, name and executed_at.`,
    next: "Rename it, or set another table for MikroORM's log: migrations.tableName in the MikroORM config.",
  });
}

function unreadable(table: string, error: unknown): Failure {
  if (sqlState(error) === lockTimedOut) {
    return new Failure(
      {
        code: 'table-unreadable',
        message: `Another session has locked ${table}.`,
        next: 'Try again when its transaction is over.',
      },
      { cause: error },
    );
  }
  return new Failure(
    {
      code: 'table-unreadable',
      message: `${table} could not be read: ${(error as Error).message}`,
      next: 'Check it alone: migtui status --schema.',
    },
    { cause: error },
  );
}
