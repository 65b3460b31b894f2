import type { Database } from '../support/server.ts';

/**
 * A sorted description of everything in a database that a migration could create, except migtui's own schema.
 */
export async function describeDatabase(database: Database): Promise<string[]> {
  const client = await database.connect();
  const ask = async (sql: string): Promise<string[]> =>
    (await client.query<{ line: string }>(sql)).rows.map(({ line }) => line);
  const objects = await ask(`
    with ours as (
      select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'migtui'))
    select line from (
      select 'schema ' || nspname as line from ours
      union all
      select 'relation ' || c.oid::regclass::text || ' ' || c.relkind::text || ' ' || coalesce(obj_description(c.oid, 'pg_class'), '')
        from pg_class c join ours n on n.oid = c.relnamespace
      union all
      select 'column ' || c.oid::regclass::text || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
             || case when a.attnotnull then ' not null' else '' end
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || ' ' || a.attidentity::text || a.attgenerated::text
        from pg_attribute a join pg_class c on c.oid = a.attrelid join ours n on n.oid = c.relnamespace
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm')
      union all
      select 'constraint ' || k.conrelid::regclass::text || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ' ' || k.convalidated::text
        from pg_constraint k join ours n on n.oid = k.connamespace where k.conrelid <> 0
      union all
      select 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid::text
        from pg_index i join pg_class c on c.oid = i.indexrelid join ours n on n.oid = c.relnamespace
      union all
      select 'enum ' || t.typname || ' ' || (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
        from pg_type t join ours n on n.oid = t.typnamespace where t.typtype = 'e'
      union all
      select 'function ' || pg_get_functiondef(p.oid) from pg_proc p join ours n on n.oid = p.pronamespace where p.prokind in ('f', 'p')
      union all
      select 'view ' || c.oid::regclass::text || ' ' || pg_get_viewdef(c.oid)
        from pg_class c join ours n on n.oid = c.relnamespace where c.relkind in ('v', 'm')
      union all
      select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
        join ours n on n.oid = c.relnamespace where not t.tgisinternal
    ) as everything order by line`);
  const tables = await ask(
    `select c.oid::regclass::text as line from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'migtui') order by 1`,
  );
  const rows = tables.map(
    name =>
      `select '${name.replaceAll("'", "''")} ' || (to_jsonb(t) - 'executed_at')::text as line from ${name} as t`,
  );
  const contents = rows.length > 0 ? await ask(`${rows.join(' union all ')} order by 1`) : [];
  await client.end();
  return [...objects, ...contents.map(line => `row ${line}`)];
}
