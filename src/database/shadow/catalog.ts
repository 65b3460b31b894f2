import { quoteLiteral } from '../quote.ts';
import { beyond } from './catalog/beyond.ts';
import { methods } from './catalog/methods.ts';
import { programs } from './catalog/programs.ts';
import type { InventoryScope } from './catalog/scope.ts';
import { tables } from './catalog/tables.ts';

export type { InventoryScope } from './catalog/scope.ts';

/*
 * What `pg_dump --schema-only` reads, as one query: see pg_dump.c of PostgreSQL 18 for the catalogs and their
 * versions. Each object is a row whose `facts` contain its properties; a null property has PostgreSQL's
 * default.
 */

/**
 * The least OID of an object that was not created with the cluster: `FirstNormalObjectId` of PostgreSQL. As a subquery,
 * because the planner would expect no such rows and choose nested loops.
 */
const firstOid = `(select '16384'::oid)`;

/** The query that reads an inventory on a server of this `server_version_num`. */
export function catalogSql(scope: InventoryScope, version: number): string {
  return `${sources(scope)}, facts (kind, schema, name, part, position, facts) as (
${[...tables(version), ...programs(version), ...methods(version), ...beyond(version, scope)].join('\n  union all\n')}
)
select kind, schema, name, part, position, jsonb_strip_nulls(facts) as facts from facts
order by kind collate "C", schema collate "C", name collate "C", position, part collate "C"`;
}

function sources({ defaultSchema, ignoredSchemas, ledger }: InventoryScope): string {
  const ignored = ['information_schema', ...ignoredSchemas].map(quoteLiteral).join(', ');
  return `
with me as (
  select coalesce((select c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${quoteLiteral(ledger.schema)} and c.relname = ${quoteLiteral(ledger.name)}),
    (select oid from pg_roles where rolname = current_user)) as id
), spaces as (
  select n.*, n.nspname in ('public', ${quoteLiteral(defaultSchema)}) as given from pg_namespace n
  where nspname !~ '^pg_' and nspname not in (${ignored})
), members as (
  select classid, objid from pg_depend where deptype = 'e'
), dependents as (
  select d.classid, d.objid, string_agg(quote_ident(x.extname), ', ' order by x.extname) as extensions
  from pg_depend d join pg_extension x on x.oid = d.refobjid
  where d.deptype = 'x' and d.refclassid = 'pg_extension'::regclass group by d.classid, d.objid
), triggerless as (
  select tgconstraint as con, min(case tgenabled when 'D' then 'disabled' when 'R' then 'replica' else 'always' end) as state
  from pg_trigger where tgisinternal and tgconstraint <> 0 and tgenabled <> 'O' group by tgconstraint
), remarks as (
  select classoid, objoid, objsubid, description from pg_description where objoid >= ${firstOid}
), relations as (
  select c.*, s.nspname, obj.description as comment
  from pg_class c join spaces s on s.oid = c.relnamespace
  left join remarks obj on obj.classoid = 'pg_class'::regclass and obj.objoid = c.oid and obj.objsubid = 0
  where c.oid >= ${firstOid} and not exists (select from members m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
    and not (s.nspname = ${quoteLiteral(ledger.schema)} and c.relname = ${quoteLiteral(ledger.name)})
), tables as (
  select * from relations where relkind in ('r', 'p', 'f')
), types as (
  select t.*, s.nspname from pg_type t join spaces s on s.oid = t.typnamespace
  where t.oid >= ${firstOid} and not exists (select from members m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
), functions as (
  select p.*, s.nspname from pg_proc p join spaces s on s.oid = p.pronamespace
  where p.oid >= ${firstOid} and not exists (select from members m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
), owned as (
  select dep.refobjid as tbl, dep.refobjsubid as col, dep.objid as seq, dep.deptype
  from pg_depend dep join pg_sequence q on q.seqrelid = dep.objid
  where dep.classid = 'pg_class'::regclass and dep.refclassid = 'pg_class'::regclass and dep.refobjsubid > 0 and dep.deptype in ('a', 'i')
), serials as (
  select o.* from owned o
  where o.deptype = 'i' or (
    select pg_get_expr(d.adbin, d.adrelid) like 'nextval(''%''::regclass)' and exists (
      select from pg_depend dep where dep.classid = 'pg_attrdef'::regclass and dep.objid = d.oid
        and dep.refclassid = 'pg_class'::regclass and dep.refobjid = o.seq)
    from pg_attrdef d where d.adrelid = o.tbl and d.adnum = o.col)
)`;
}
