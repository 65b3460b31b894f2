import { quoteLiteral } from './quote.ts';

/*
 * Finds the tables and functions of a large database that some SQL may refer to. Every word of the SQL may be a name, so
 * the result may contain too many objects, but never too few.
 */

/** SQL with more words than this is assumed to concern the whole database. */
const mostWords = 20_000;

/** Statements that affect tables which they do not name. */
const everything =
  /\b(drop\s+(schema|owned|extension)|reassign\s+owned|reindex|vacuum|cluster|analyze|tablespace|all\s+(tables|functions|routines|procedures)\s+in\s+schema|alter\s+(schema|extension)|import\s+foreign)\b/i;

/** Asks the database; null where it does not answer in time. */
type Asking = <Row extends object>(sql: string) => Promise<Row[] | null>;

/** The tables among which concerned ones are looked for. */
export interface Among {
  /** Default: all of the database. */
  readonly schemas?: readonly string[] | undefined;
  /** Fewer tables than this are read as a whole. */
  readonly few: number;
}

/**
 * The oids of tables and functions that SQL concerns: those it names, by themselves or by an index, a type or the code
 * of a function; what refers to them and what they refer to; their partitions.
 * @returns undefined where there are few tables or the SQL may concern all of them
 */
export async function concernedBy(
  sql: readonly string[],
  { schemas, few }: Among,
  ask: Asking,
): Promise<number[] | undefined> {
  if (sql.some(text => everything.test(text))) return undefined;
  const within = (column: string): string =>
    schemas
      ? ` and ${column} in (select oid from pg_namespace where nspname in (${schemas.map(quoteLiteral).join(', ')}))`
      : '';
  const [counted] = (await ask<{ n: number }>(tableCount(within('relnamespace')))) ?? [];
  if (!counted || counted.n < few) return undefined;
  const words = wordsOf(sql);
  const functions = new Map<number, string>();
  const tables = new Set<number>();
  for (let more = words; more.size > 0; ) {
    if (words.size > mostWords) return undefined;
    const named = await ask<Code>(functionsNamed(more, within('p.pronamespace')));
    const found = await ask<{ oid: number }>(tablesNamed(words, within));
    if (named === null || found === null) return undefined;
    for (const { oid } of found) tables.add(oid);
    // Writes to a table run the functions of its triggers.
    const called = tables.size > 0 ? await ask<Code>(functionsOfTriggers(tables)) : [];
    if (called === null) return undefined;
    const bodies = [...named, ...called].filter(({ oid }) => !functions.has(oid));
    for (const { oid, body } of bodies) functions.set(oid, body);
    more = new Set([...wordsOf(bodies.map(({ body }) => body))].filter(word => !words.has(word)));
    for (const word of more) words.add(word);
  }
  return [...tables, ...functions.keys()];
}

/** A function, and its body. */
interface Code {
  readonly oid: number;
  readonly body: string;
}

/** All possible names in SQL, as written and as PostgreSQL folds them. */
export function wordsOf(sql: readonly string[]): Set<string> {
  const words = new Set<string>();
  for (const text of sql) {
    for (const [word] of text.matchAll(/[\p{L}_][\p{L}\p{N}\p{M}_$]*/gu)) {
      words.add(word);
      words.add(word.toLowerCase());
    }
    for (const name of quotedNames(text)) words.add(name);
  }
  return words;
}

/** Everything between double quotes. A regular expression would overflow the stack on a long text. */
function* quotedNames(text: string): Generator<string> {
  for (let start = text.indexOf('"'); start >= 0; start = text.indexOf('"', start)) {
    let end = text.indexOf('"', start + 1);
    while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
    if (end < 0) return;
    yield text.slice(start + 1, end).replaceAll('""', '"');
    start = end + 1;
  }
}

const tableCount = (within: string): string =>
  `select count(*)::int as n from pg_class where relkind in ('r', 'p', 'f')${within}`;

const list = (words: ReadonlySet<string>): string =>
  `(array[${[...words].map(quoteLiteral).join(', ')}]::text[]::name[])`;

const functionsNamed = (words: ReadonlySet<string>, within: string): string => `
  select p.oid::int as oid, p.prosrc as body from pg_proc p
   where p.proname = any ${list(words)} and p.pronamespace <> 'pg_catalog'::regnamespace${within}`;

const functionsOfTriggers = (tables: ReadonlySet<number>): string => `
  select distinct p.oid::int as oid, p.prosrc as body from pg_trigger t join pg_proc p on p.oid = t.tgfoid
   where not t.tgisinternal and t.tgrelid in (${[...tables].join(', ')})`;

/** References are followed for one step, and with CASCADE for as far as they go; partitions, heirs and what a view reads always. */
const tablesNamed = (words: ReadonlySet<string>, within: (column: string) => string): string => `
  with recursive words as (select unnest ${list(words)} as word),
  reads as (
    select distinct r.ev_class, d.refobjid from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      join pg_class c on c.oid = r.ev_class
     where d.refobjid <> r.ev_class and c.relnamespace <> all (array['pg_catalog', 'information_schema']::regnamespace[])),
  named as (
    select c.oid from pg_class c join words on relname = word where relkind in ('r', 'p', 'f', 'v', 'm')${within('relnamespace')}
    union select i.indrelid from pg_class c join words on relname = word join pg_index i on i.indexrelid = c.oid${within('c.relnamespace')}
    union select a.attrelid from pg_type t join words on typname = word
      cross join lateral unnest(array[t.oid, t.typarray]) as used join pg_attribute a on a.atttypid = used
      where t.typnamespace <> 'pg_catalog'::regnamespace and a.attnum > 0${within('t.typnamespace')}
    union select conrelid from pg_constraint join words on conname = word where conrelid <> 0${within('connamespace')}${
      words.has('cascade')
        ? `
    union select t.tgrelid from pg_proc p join words on proname = word join pg_trigger t on t.tgfoid = p.oid
      where not t.tgisinternal and p.pronamespace <> 'pg_catalog'::regnamespace${within('p.pronamespace')}`
        : ''
    }),
  edges as (
    select inhparent as near, inhrelid as far from pg_inherits
    union all select inhrelid, inhparent from pg_inherits
    union all select ev_class, refobjid from reads
    ${words.has('cascade') ? `union all select confrelid, conrelid from pg_constraint where contype = 'f' union all select refobjid, ev_class from reads` : ''}),
  reached as (
    select oid from named
    union select far from reached join edges on near = reached.oid),
  around as (
    select oid from reached
    union select f.conrelid from reached join pg_constraint f on f.contype = 'f' and f.confrelid = reached.oid
    union select ev_class from reached join reads on refobjid = reached.oid
    union select f.confrelid from reached join pg_constraint f on f.contype = 'f' and f.conrelid = reached.oid)
  select oid::int as oid from around`;
