import { createHash } from 'node:crypto';
import { Failure } from '../foundation/failure.ts';
import type { Emptying } from '../values/run.ts';
import type { Connection } from './connect/connection.ts';
import { measureLosses } from './losses.ts';
import { quoteIdent } from './quote.ts';
import { type RevisionChange, underLock } from './resolve-revision.ts';
import { committed } from './run/ending.ts';
import { beginWork } from './run/work.ts';

interface Dropped {
  readonly description: string;
  readonly sql: string;
  /** Where its rows are. */
  readonly table: { readonly schema: string; readonly name: string } | null;
}

/**
 * The contents of a database that a new one does not have: everything except extensions, migtui's journal and
 * system objects.
 * @param only this schema, if migrations run in a separate one; null: all
 */
export async function readEmptying(connection: Connection, only: string | null): Promise<Emptying> {
  const dropped = await objectsIn(connection, only);
  const losses = dropped.map(({ description, table }) => ({
    kind: table ? ('table' as const) : ('object' as const),
    description,
    table,
    column: null,
  }));
  const measured = await measureLosses(connection, losses, null);
  const sql = dropped.map(one => one.sql);
  return {
    losses: measured.map(({ description }) => description),
    sql,
    fingerprint: createHash('sha256').update(sql.join('\n')).digest('hex'),
  };
}

/**
 * Empties a database as it was shown, in one transaction, while no run is in progress.
 * @throws Failure `plan-changed` if its contents have changed; `run-in-progress` | `database-read-only`
 */
export async function empty(
  request: Omit<RevisionChange, 'revision' | 'checksum'>,
  shown: Emptying,
  only: string | null,
): Promise<void> {
  const { project, connection, onStatement } = request;
  await underLock(request, async () => {
    const now = await readEmptying(connection, only);
    if (now.fingerprint !== shown.fingerprint) {
      throw new Failure({
        code: 'plan-changed',
        message: 'The database has changed in the meantime. Nothing was dropped.',
        next: 'Review the data loss, then run it again.',
      });
    }
    const work = await beginWork(project, onStatement);
    try {
      for (const sql of now.sql) await work.connection.query(sql);
      await committed(work.commit());
    } catch (error) {
      await work.rollback().catch(() => {});
      throw error;
    }
  });
}

/** Other schemas are dropped completely; the default schema stays, with its privileges. */
async function objectsIn(connection: Connection, only: string | null): Promise<Dropped[]> {
  const schemas = await connection.query<{ name: string }>(
    `select n.nspname as name from pg_namespace n
      where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'migtui', 'public')
        and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
        and ($1::text is null) order by 1`,
    [only],
  );
  const within = only ?? 'public';
  const objects = await connection.query<{ kind: string; name: string; args: string | null }>(
    `select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                           when 'f' then 'foreign table' else 'table' end as kind, c.relname as name, null as args
       from pg_class c
      where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not c.relispartition
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('e', 'a', 'i'))
     union all
     select case p.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end, p.proname,
            pg_get_function_identity_arguments(p.oid)
       from pg_proc p
      where p.pronamespace = to_regnamespace($1)
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
     union all
     select case t.typtype when 'd' then 'domain' else 'type' end, t.typname, null
       from pg_type t left join pg_class r on r.oid = t.typrelid
      where t.typnamespace = to_regnamespace($1) and (t.typtype in ('e', 'd', 'r') or r.relkind = 'c')
        and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
     order by 1, 2, 3`,
    [quoteIdent(within)],
  );
  return [
    ...schemas.map(({ name }) => ({
      description: `drops schema ${name} and everything in it`,
      sql: `drop schema ${quoteIdent(name)} cascade`,
      table: null,
    })),
    ...objects.map(({ kind, name, args }) => ({
      description: `drops ${kind} ${within === 'public' ? name : `${within}.${name}`}`,
      // An object may be dropped together with another one before its turn.
      sql: `drop ${kind} if exists ${quoteIdent(within)}.${quoteIdent(name)}${args === null ? '' : `(${args})`} cascade`,
      table: kind === 'table' ? { schema: within, name } : null,
    })),
  ];
}
