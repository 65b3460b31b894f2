import type pg from 'pg';
import type { Sample } from '../lint/statements.ts';
import type { Database } from '../support/server.ts';

/** The effects of a statement on one table. */
export interface Measured {
  /** Strongest lock, as PostgreSQL names it: `AccessExclusiveLock`. */
  readonly lock: string | null;
  /** Earlier statements in the transaction took that lock. */
  readonly earlier: boolean;
  /** The table's file has changed. */
  readonly rewritten: boolean;
  /** Rows read by full scans of this table only. */
  readonly read: number;
  /** A new index was built on it. */
  readonly built: boolean;
  /** Rows that were written. */
  readonly written: number;
}

/** The effects of a statement, by table; and PostgreSQL's error if it fails. */
export interface Outcome {
  readonly tables: ReadonlyMap<string, Measured>;
  readonly error: string | null;
}

const strength = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
];

interface Files {
  readonly tables: ReadonlyMap<number, { readonly name: string; readonly file: number }>;
  readonly indexes: ReadonlyMap<number, { readonly table: number; readonly file: number }>;
}

async function files(client: pg.Client): Promise<Files> {
  const { rows } = await client.query<{
    oid: number;
    name: string;
    file: number;
    kind: string;
    of: number | null;
  }>(
    `select c.oid::int, concat(nullif(c.relnamespace::regnamespace::text, 'public') || '.', c.relname) as name, c.relfilenode::int as file, c.relkind as kind, i.indrelid::int as of
       from pg_class c left join pg_index i on i.indexrelid = c.oid
      where c.relnamespace in ('public'::regnamespace, 'archive'::regnamespace) and c.relkind in ('r', 'm', 'p', 'i', 'I')`,
  );
  return {
    tables: new Map(rows.filter(row => row.of === null).map(({ oid, name, file }) => [oid, { name, file }])),
    indexes: new Map(
      rows.filter(row => row.of !== null).map(({ oid, file, of }) => [oid, { table: of!, file }]),
    ),
  };
}

async function locks(client: pg.Client, pid: number): Promise<Map<number, string>> {
  const { rows } = await client.query<{ oid: number; mode: string }>(
    'select relation::int as oid, mode from pg_locks where pid = $1 and relation is not null',
    [pid],
  );
  const strongest = new Map<number, string>();
  for (const { oid, mode } of rows) {
    if (strength.indexOf(mode) > strength.indexOf(strongest.get(oid) ?? '')) strongest.set(oid, mode);
  }
  return strongest;
}

async function counts(client: pg.Client): Promise<Map<number, { read: number; written: number }>> {
  const { rows } = await client.query<{ oid: number; read: number; written: number }>(
    `select relid::int as oid, seq_tup_read::int as read, (n_tup_ins + n_tup_upd + n_tup_del)::int as written
       from pg_stat_xact_user_tables`,
  );
  return new Map(rows.map(({ oid, read, written }) => [oid, { read, written }]));
}

/** Runs a statement in a transaction that is rolled back, and returns its effects. */
export async function measure(client: pg.Client, { before, sql }: Sample): Promise<Outcome> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.query('begin');
  try {
    await client.query('set local check_function_bodies = off');
    if (before) await client.query(before);
    const was = await files(client);
    const readBefore = await counts(client);
    const heldBefore = await locks(client, rows[0]!.pid);
    await client.query(sql);
    const held = await locks(client, rows[0]!.pid);
    const is = await files(client);
    const did = await counts(client);
    const tables = new Map<string, Measured>();
    for (const [oid, { name, file }] of was.tables) {
      const now = is.tables.get(oid);
      const { read = 0, written = 0 } = did.get(oid) ?? {};
      const earlier = readBefore.get(oid) ?? { read: 0, written: 0 };
      const built = [...is.indexes].some(
        ([index, one]) => one.table === oid && was.indexes.get(index)?.file !== one.file && one.file !== 0,
      );
      const one: Measured = {
        lock: held.get(oid) ?? null,
        earlier: held.get(oid) === heldBefore.get(oid),
        rewritten: now !== undefined && now.file !== file,
        read: read - earlier.read,
        built,
        written: written - earlier.written,
      };
      if (one.lock !== null || one.rewritten || one.read > 0) tables.set(name, one);
    }
    return { tables, error: null };
  } catch (error) {
    return { tables: new Map(), error: (error as Error).message };
  } finally {
    await client.query('rollback');
  }
}

/**
 * Runs a statement outside any transaction on a separate database, while another transaction makes it wait.
 */
export async function measureAlone(
  database: Database,
  { sql }: Sample,
  table: string,
): Promise<string | null> {
  const [runner, blocker] = [await database.connect(), await database.connect()];
  const { rows } = await runner.query<{ pid: number }>('select pg_backend_pid() as pid');
  await blocker.query('begin');
  await blocker.query(`lock table ${table} in row exclusive mode`);
  const running = runner.query(sql).catch((error: Error) => error);
  let mode: string | null = null;
  let done = false;
  void running.then(() => {
    done = true;
  });
  const oid = (await blocker.query(`select '${table}'::regclass::int as oid`)).rows[0].oid as number;
  for (let asked = 0; !done && asked < 200; asked++) {
    const seen = (await locks(blocker, rows[0]!.pid)).get(oid) ?? null;
    if (strength.indexOf(seen ?? '') > strength.indexOf(mode ?? '')) mode = seen;
  }
  await blocker.query('rollback');
  await running;
  await runner.end();
  await blocker.end();
  return mode;
}
