import type { MikroORM } from '@mikro-orm/core';
import { quoteLiteral } from '../quote.ts';

export type FactKind =
  | 'schema'
  | 'extension'
  | 'table'
  | 'column'
  | 'constraint'
  | 'index'
  | 'sequence'
  | 'view'
  | 'materialized view'
  | 'enum'
  | 'domain'
  | 'type'
  | 'function'
  | 'trigger'
  | 'policy';

/** One object of a schema, in PostgreSQL's own words. */
export interface Fact {
  readonly kind: FactKind;
  /** Qualified only outside the default schema: `chats`, `app.users`, `area(int)`. */
  readonly name: string;
  /** What of it: the column, constraint, index, trigger or policy of a table. */
  readonly part: string | null;
  /** A column's number; it stays when the column is renamed. */
  readonly position: number | null;
  /** Each property that can differ, such as `type`, `default`, `definition`. */
  readonly is: Readonly<Record<string, string>>;
}

/** Everything in a database that revisions make, apart from rows; the same list for the same schema. */
export type Inventory = readonly Fact[];

/** What is left out of an inventory. */
export interface InventoryScope {
  /** Names of this schema are not qualified. */
  readonly defaultSchema: string;
  readonly ignoredSchemas: readonly string[];
  /** The migrations table. */
  readonly ledger: { readonly schema: string; readonly name: string };
}

/** Reads the inventory of the database that `orm` is connected to, in one statement. */
export async function readInventory(orm: MikroORM, scope: InventoryScope): Promise<Inventory> {
  const rows = (await orm.em.getConnection().execute(inventorySql(scope), [], 'all')) as {
    kind: FactKind;
    schema: string;
    name: string;
    part: string | null;
    position: number | null;
    facts: Record<string, string> | string;
  }[];
  return rows.map(({ kind, schema, name, part, position, facts }) => ({
    kind,
    name:
      kind === 'schema' || kind === 'extension' || schema === scope.defaultSchema
        ? name
        : `${schema}.${name}`,
    part,
    position,
    is: typeof facts === 'string' ? JSON.parse(facts) : facts,
  }));
}

function inventorySql({ defaultSchema, ignoredSchemas, ledger }: InventoryScope): string {
  const ignored = ['information_schema', ...ignoredSchemas].map(quoteLiteral).join(', ');
  return `
with spaces as (
  select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname not in (${ignored})
), members as (
  select classid, objid from pg_depend where deptype = 'e'
), relations as (
  select c.*, s.nspname, obj_description(c.oid, 'pg_class') as comment
  from pg_class c join spaces s on s.oid = c.relnamespace
  where not exists (select from members m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
    and not (s.nspname = ${quoteLiteral(ledger.schema)} and c.relname = ${quoteLiteral(ledger.name)})
), tables as (
  select * from relations where relkind in ('r', 'p', 'f')
), types as (
  select t.*, s.nspname from pg_type t join spaces s on s.oid = t.typnamespace
  where not exists (select from members m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
), functions as (
  select p.*, s.nspname from pg_proc p join spaces s on s.oid = p.pronamespace
  where not exists (select from members m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
), facts (kind, schema, name, part, position, facts) as (
  select 'schema', nspname::text, nspname::text, null::text, null::int,
    jsonb_build_object('comment', obj_description(oid, 'pg_namespace'))
  from spaces where nspname not in ('public', ${quoteLiteral(defaultSchema)})
  union all
  select 'extension', '', extname::text, null, null, '{}'::jsonb from pg_extension where extname <> 'plpgsql'
  union all
  select 'table', t.nspname, t.relname, null, null, jsonb_build_object(
    'partition by', case when t.relkind = 'p' then pg_get_partkeydef(t.oid) end,
    'partition', case when t.relispartition then
      (select inhparent::regclass::text from pg_inherits where inhrelid = t.oid limit 1) || ' ' || pg_get_expr(t.relpartbound, t.oid) end,
    'foreign', case when t.relkind = 'f' then 'yes' end,
    'unlogged', case when t.relpersistence = 'u' then 'yes' end,
    'row level security', case when t.relforcerowsecurity then 'forced' when t.relrowsecurity then 'enabled' end,
    'options', array_to_string(t.reloptions, ', '),
    'privileges', t.relacl::text,
    'comment', t.comment)
  from tables t
  union all
  select 'column', t.nspname, t.relname, a.attname, a.attnum, jsonb_build_object(
    'type', format_type(a.atttypid, a.atttypmod),
    'not null', case when a.attnotnull then 'yes' end,
    'default', case when owned.oid is null and a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
    'serial', case when owned.oid is not null and a.attidentity = '' then 'yes' end,
    'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
    'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
    'collation', case when a.attcollation <> ty.typcollation then a.attcollation::regcollation::text end,
    'privileges', a.attacl::text,
    'comment', col_description(t.oid, a.attnum))
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_type ty on ty.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  left join lateral (
    select dep.objid as oid from pg_depend dep
    where dep.classid = 'pg_class'::regclass and dep.refclassid = 'pg_class'::regclass and dep.refobjid = t.oid
      and dep.refobjsubid = a.attnum and dep.deptype in ('a', 'i')
      and exists (select from pg_class s where s.oid = dep.objid and s.relkind = 'S')
      and (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%')
    limit 1
  ) owned on true
  union all
  select 'constraint', t.nspname, t.relname, k.conname, null, jsonb_build_object(
    'definition', pg_get_constraintdef(k.oid), 'comment', obj_description(k.oid, 'pg_constraint'))
  from tables t join pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c', 'x') and k.conparentid = 0
  union all
  select 'index', t.nspname, t.relname, i.relname, null, jsonb_build_object(
    'definition', pg_get_indexdef(i.oid), 'invalid', case when not x.indisvalid then 'yes' end)
  from relations t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
  where t.relkind in ('r', 'p', 'm') and not i.relispartition
    and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))
  union all
  select 'sequence', s.nspname, s.relname, null, null, jsonb_build_object('definition', concat_ws(' ',
    format_type(q.seqtypid, null), 'start', q.seqstart, 'increment', q.seqincrement, 'min', q.seqmin, 'max', q.seqmax,
    case when q.seqcycle then 'cycle' end))
  from relations s join pg_sequence q on q.seqrelid = s.oid
  where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = s.oid
    and d.refobjsubid > 0 and d.deptype in ('a', 'i'))
  union all
  select case when v.relkind = 'm' then 'materialized view' else 'view' end, v.nspname, v.relname, null, null,
    jsonb_build_object('definition', pg_get_viewdef(v.oid), 'options', array_to_string(v.reloptions, ', '),
      'privileges', v.relacl::text, 'comment', v.comment)
  from relations v where v.relkind in ('v', 'm')
  union all
  select 'enum', t.nspname, t.typname, null, null, jsonb_build_object('values',
    (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
  from types t where t.typtype = 'e'
  union all
  select 'domain', t.nspname, t.typname, null, null, jsonb_build_object('definition', concat_ws(' ',
    format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
    (select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'c')))
  from types t where t.typtype = 'd'
  union all
  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('definition',
    (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
     from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped))
  from types t join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
  union all
  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('definition', 'range of ' || format_type(r.rngsubtype, null))
  from types t join pg_range r on r.rngtypid = t.oid
  union all
  select 'function', p.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null, null,
    jsonb_build_object('definition', case when p.prokind = 'a' then 'aggregate' else pg_get_functiondef(p.oid) end,
      'privileges', p.proacl::text)
  from functions p
  union all
  select 'trigger', t.nspname, t.relname, g.tgname, null,
    jsonb_build_object('definition', pg_get_triggerdef(g.oid), 'disabled', case when g.tgenabled = 'D' then 'yes' end)
  from relations t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal and g.tgparentid = 0
  union all
  select 'policy', t.nspname, t.relname, p.polname, null, jsonb_build_object('definition', concat_ws(' ',
    case when p.polpermissive then 'permissive' else 'restrictive' end, 'for', p.polcmd,
    'to ' || (select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname) from unnest(p.polroles) one left join pg_roles r on r.oid = one),
    'using ' || pg_get_expr(p.polqual, p.polrelid), 'check ' || pg_get_expr(p.polwithcheck, p.polrelid)))
  from tables t join pg_policy p on p.polrelid = t.oid
)
select kind, schema, name, part, position, jsonb_strip_nulls(facts) as facts from facts
order by kind collate "C", schema collate "C", name collate "C", position, part collate "C"`;
}
