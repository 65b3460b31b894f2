import { quoteLiteral } from './quote.ts';

/*
 * Which tables and functions of a large database some SQL concerns. Every word of it may be a name: more is read than
 * has to be, and never less.
 */

/** More words than this are of SQL that concerns the whole database. */
const mostWords = 20_000;

/** Statements that reach tables whose names are nowhere in them. */
const everything =
  /\b(drop\s+(schema|owned|extension)|reassign\s+owned|reindex|vacuum|cluster|analyze|tablespace|all\s+(tables|functions|routines|procedures)\s+in\s+schema|alter\s+(schema|extension)|import\s+foreign)\b/i;

/** Asks the database; null where it does not answer in time. */
type Asking = <Row extends object>(sql: string) => Promise<Row[] | null>;

/**
 * The oids of tables and functions that SQL concerns: those it names, by themselves or by an index, a type or the code
 * of a function; what refers to them and what they refer to; their partitions.
 * @param few databases with fewer tables are read as a whole
 * @returns undefined where the database is small or the SQL may concern all of it
 */
export async function concernedBy(
  sql: readonly string[],
  few: number,
  ask: Asking,
): Promise<number[] | undefined> {
  if (sql.some(text => everything.test(text))) return undefined;
  const [counted] = (await ask<{ n: number }>(tables)) ?? [];
  if (!counted || counted.n < few) return undefined;
  const words = wordsOf(sql);
  const functions = new Map<number, string>();
  for (let more = words; more.size > 0; ) {
    if (words.size > mostWords) return undefined;
    const named = await ask<{ oid: number; body: string }>(functionsNamed(more));
    if (named === null) return undefined;
    const bodies = named.filter(({ oid }) => !functions.has(oid));
    for (const { oid, body } of bodies) functions.set(oid, body);
    more = new Set([...wordsOf(bodies.map(({ body }) => body))].filter(word => !words.has(word)));
    for (const word of more) words.add(word);
  }
  const found = await ask<{ oid: number }>(tablesNamed(words));
  return found === null ? undefined : [...found.map(({ oid }) => oid), ...functions.keys()];
}

/** All that can be a name in SQL, as it is written and as PostgreSQL folds it. */
function wordsOf(sql: readonly string[]): Set<string> {
  const words = new Set<string>();
  for (const text of sql) {
    for (const [word] of text.matchAll(/[\p{L}_][\p{L}\p{N}\p{M}_$]*/gu)) {
      words.add(word);
      words.add(word.toLowerCase());
    }
    for (const [, name = ''] of text.matchAll(/"((?:[^"]|"")+)"/g)) words.add(name.replaceAll('""', '"'));
  }
  return words;
}

const tables = `select count(*)::int as n from pg_class where relkind in ('r', 'p', 'f')`;

const list = (words: ReadonlySet<string>): string =>
  `(array[${[...words].map(quoteLiteral).join(', ')}]::text[]::name[])`;

const functionsNamed = (words: ReadonlySet<string>): string => `
  select p.oid::int as oid, p.prosrc as body from pg_proc p
   where p.proname = any ${list(words)} and p.pronamespace <> 'pg_catalog'::regnamespace`;

/** References are followed for one step, and with CASCADE for as far as they go; partitions and heirs always. */
const tablesNamed = (words: ReadonlySet<string>): string => `
  with recursive words as (select unnest ${list(words)} as word),
  named as (
    select c.oid from pg_class c join words on relname = word where relkind in ('r', 'p', 'f', 'v', 'm')
    union select i.indrelid from pg_class c join words on relname = word join pg_index i on i.indexrelid = c.oid
    union select a.attrelid from pg_type t join words on typname = word join pg_attribute a on a.atttypid in (t.oid, t.typarray)
      where t.typnamespace <> 'pg_catalog'::regnamespace and a.attnum > 0
    union select conrelid from pg_constraint join words on conname = word where conrelid <> 0),
  edges as (
    select inhparent as near, inhrelid as far from pg_inherits
    union all select inhrelid, inhparent from pg_inherits
    ${words.has('cascade') ? `union all select confrelid, conrelid from pg_constraint where contype = 'f'` : ''}),
  reached as (
    select oid from named
    union select far from reached join edges on near = reached.oid),
  around as (
    select oid from reached
    union select f.conrelid from reached join pg_constraint f on f.contype = 'f' and f.confrelid = reached.oid
    union select f.confrelid from reached join pg_constraint f on f.contype = 'f' and f.conrelid = reached.oid)
  select oid::int as oid from around`;
