import type { Query } from '../database/journal/table.ts';

/** Number of schemas per query. */
const together = 200;

/**
 * A fingerprint of each schema: two schemas with the same one have the same tables, columns, constraints,
 * indexes, views, functions and types, whatever the schemas are called. The migrations table and comments are
 * ignored.
 * @returns MD5 by schema; empty schemas are omitted
 */
export async function printsOf(
  query: Query,
  schemas: readonly string[],
  table: string,
): Promise<ReadonlyMap<string, string>> {
  const prints = new Map<string, string>();
  for (let at = 0; at < schemas.length; at += together) {
    const rows = await query<{ schema: string; print: string }>(statement, [
      schemas.slice(at, at + together),
      table,
    ]);
    for (const { schema, print } of rows) prints.set(schema, print);
  }
  return prints;
}

/** A fingerprint of all schemas of a database, except those of the system and of migtui. */
export async function printOfDatabase(query: Query, table: string): Promise<string> {
  const schemas = await query<{ name: string }>(
    `select nspname::text as name from pg_namespace
      where nspname not in ('pg_catalog', 'information_schema', 'migtui') and nspname !~ '^pg_(toast|temp)'`,
  );
  const prints = await printsOf(
    query,
    schemas.map(({ name }) => name),
    table,
  );
  return JSON.stringify([...prints].sort());
}

const statement = `
  with ours as (select oid, nspname, '(?<![\\w$])' || regexp_replace(quote_ident(nspname), '(\\W)', '\\\\\\1', 'g') || '[.]' as prefix from pg_namespace where nspname = any($1::text[])),
  tables as (select c.* from pg_class c join ours on ours.oid = c.relnamespace
              where c.relname <> $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')),
  found as (
    select c.relnamespace as ns, concat_ws(' ', 'column', c.relkind, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
             a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) as def
      from tables c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    union all
    select c.relnamespace, concat_ws(' ', 'relation', c.relkind, c.relname,
             case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end) from tables c
    union all
    select t.relnamespace, concat_ws(' ', 'constraint', t.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated)
      from pg_constraint k join tables t on t.oid = k.conrelid where k.contype <> 'n'
    union all
    select t.relnamespace, concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
      from pg_index i join tables t on t.oid = i.indrelid
    union all
    select p.pronamespace, concat_ws(' ', 'function', p.proname,
             case when p.prokind = 'a' then pg_get_function_identity_arguments(p.oid) else pg_get_functiondef(p.oid) end)
      from pg_proc p join ours on ours.oid = p.pronamespace
    union all
    select t.typnamespace, concat_ws(' ', 'enum', t.typname, (select string_agg(e.enumlabel, ',' order by e.enumsortorder)
             from pg_enum e where e.enumtypid = t.oid))
      from pg_type t join ours on ours.oid = t.typnamespace where t.typtype = 'e'
    union all
    select r.relnamespace, concat_ws(' ', 'trigger', r.relname, pg_get_triggerdef(g.oid))
      from pg_trigger g join tables r on r.oid = g.tgrelid where not g.tgisinternal)
  select ours.nspname::text as schema,
         md5(string_agg(plain.def, E'\\n' order by plain.def collate "C")) as print
    from found join ours on ours.oid = found.ns
    cross join lateral (select regexp_replace(found.def, ours.prefix, '', 'g') as def) as plain group by 1`;

/**
 * The members of a group that differ from the majority.
 * @returns the size of the majority, by differing member
 */
export function differing<T>(members: readonly T[], printOf: (member: T) => string): ReadonlyMap<T, number> {
  const byPrint = [...Map.groupBy(members, printOf).values()].sort((a, b) => b.length - a.length);
  const [usual, ...others] = byPrint;
  return new Map(others.flat().map(member => [member, usual?.length ?? 0]));
}
