import { quoteLiteral } from '../quote.ts';

/*
 * What `pg_dump --schema-only` reads, as one query: see pg_dump.c of PostgreSQL 18 for the catalogs and their
 * versions. Each object is a row whose `facts` contain its properties; a null property has PostgreSQL's
 * default.
 */

/** What an inventory leaves out. */
export interface InventoryScope {
  /** Names in this schema are not qualified. */
  readonly defaultSchema: string;
  readonly ignoredSchemas: readonly string[];
  /** The migrations table. Its owner is the role that runs migrations: only other owners are properties. */
  readonly ledger: { readonly schema: string; readonly name: string };
}

/** The query that reads an inventory on a server of this `server_version_num`. */
export function catalogSql(scope: InventoryScope, version: number): string {
  return `${sources(scope)}, facts (kind, schema, name, part, position, facts) as (
${[...tables(version), ...programs(version), ...beyond(version, scope)].join('\n  union all\n')}
)
select kind, schema, name, part, position, jsonb_strip_nulls(facts) as facts from facts
order by kind collate "C", schema collate "C", name collate "C", position, part collate "C"`;
}

/**
 * A property that differs from its default only if the owner of the object is not the role that runs
 * migrations.
 */
const owner = (column: string): string =>
  `case when ${column} <> me.id then pg_get_userbyid(${column})::text end`;

/**
 * Privileges as a set, without the owner's own name; null for PostgreSQL's defaults.
 * @param kind of acldefault: r table, s sequence, n schema, f function, T type, c column
 */
function grants(acl: string, kind: string, owner: string): string {
  const set = (list: string): string => `(
      select string_agg(line, ', ' order by line collate "C") from (
        select case when grantee = 0 then 'public' when grantee = ${owner} then 'owner' else quote_ident(pg_get_userbyid(grantee)) end
          || '=' || regexp_replace(string_agg(privilege_type || case when is_grantable then '*' else '' end, '/' order by privilege_type collate "C"),
            '^DELETE/INSERT/(MAINTAIN/)?REFERENCES/SELECT/TRIGGER/TRUNCATE/UPDATE$', 'ALL') as line
        from aclexplode(${list}) group by grantee) lines)`;
  const given = set(acl);
  const usual = kind === 'c' ? `''` : set(`acldefault('${kind}', ${owner})`);
  return `case when ${acl} is not null and coalesce(${given}, '') is distinct from coalesce(${usual}, '') then coalesce(${given}, 'none') end`;
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
), remarks as (
  select classoid, objoid, objsubid, description from pg_description
), relations as (
  select c.*, s.nspname, obj.description as comment
  from pg_class c join spaces s on s.oid = c.relnamespace
  left join remarks obj on obj.classoid = 'pg_class'::regclass and obj.objoid = c.oid and obj.objsubid = 0
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
), owned as (
  select dep.refobjid as tbl, dep.refobjsubid as col, dep.objid as seq, dep.deptype
  from pg_depend dep join pg_sequence q on q.seqrelid = dep.objid
  where dep.classid = 'pg_class'::regclass and dep.refclassid = 'pg_class'::regclass and dep.refobjsubid > 0 and dep.deptype in ('a', 'i')
), serials as (
  select o.* from owned o
  where o.deptype = 'i' or exists (
    select from pg_attrdef d join pg_depend dep on dep.classid = 'pg_attrdef'::regclass and dep.objid = d.oid
    where d.adrelid = o.tbl and d.adnum = o.col and dep.refclassid = 'pg_class'::regclass and dep.refobjid = o.seq
      and pg_get_expr(d.adbin, d.adrelid) like 'nextval(''%''::regclass)')
)`;
}

const sequenceOptions = (q: string): string => `nullif(concat_ws(' ',
    case when ${q}.seqstart <> case when ${q}.seqincrement > 0 then ${q}.seqmin else ${q}.seqmax end then 'start ' || ${q}.seqstart end,
    case when ${q}.seqincrement <> 1 then 'increment ' || ${q}.seqincrement end,
    case when ${q}.seqmin <> case when ${q}.seqincrement > 0 then 1 else case ${q}.seqtypid when 'int2'::regtype then -32768 when 'int4'::regtype then -2147483648 else -9223372036854775808 end end then 'minvalue ' || ${q}.seqmin end,
    case when ${q}.seqmax <> case when ${q}.seqincrement < 0 then -1 else case ${q}.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 else 9223372036854775807 end end then 'maxvalue ' || ${q}.seqmax end,
    case when ${q}.seqcache <> 1 then 'cache ' || ${q}.seqcache end,
    case when ${q}.seqcycle then 'cycle' end), '')`;

function tables(version: number): string[] {
  const compression =
    version >= 140000 ? `case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end` : 'null::text';
  const notNull =
    version >= 180000
      ? `case when a.attnotnull then case when nn.convalidated is false then 'not valid' when nn.connoinherit then 'no inherit' else 'yes' end end`
      : `case when a.attnotnull then 'yes' end`;
  const notNulls =
    version >= 180000
      ? `left join pg_constraint nn on nn.conrelid = t.oid and nn.contype = 'n' and nn.conkey[1] = a.attnum`
      : '';
  return [
    `  select 'table' as kind, t.nspname::text as schema, t.relname::text as name, null::text as part, null::int as position, jsonb_build_object(
    'partition by', case when t.relkind = 'p' then pg_get_partkeydef(t.oid) end,
    'partition of', case when t.relispartition then
      (select inhparent::regclass::text from pg_inherits where inhrelid = t.oid limit 1) || ' ' || pg_get_expr(t.relpartbound, t.oid) end,
    'inherits', case when not t.relispartition then
      (select string_agg(inhparent::regclass::text, ', ' order by inhseqno) from pg_inherits where inhrelid = t.oid) end,
    'of type', case when t.reloftype <> 0 then t.reloftype::regtype::text end,
    'foreign', (select s.srvname || coalesce(' ' || array_to_string(f.ftoptions, ', '), '') from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = t.oid),
    'unlogged', case when t.relpersistence = 'u' then 'yes' end,
    'row level security', case when t.relforcerowsecurity and t.relrowsecurity then 'forced' when t.relrowsecurity then 'enabled' when t.relforcerowsecurity then 'forced but not enabled' end,
    'options', array_to_string(t.reloptions, ', '),
    'replica identity', case t.relreplident when 'f' then 'full' when 'n' then 'nothing' when 'i' then 'index ' ||
      (select c.relname from pg_index x join pg_class c on c.oid = x.indexrelid where x.indrelid = t.oid and x.indisreplident limit 1) end,
    'clustered on', (select c.relname from pg_index x join pg_class c on c.oid = x.indexrelid where x.indrelid = t.oid and x.indisclustered limit 1),
    'access method', (select am.amname from pg_am am where am.oid = t.relam and am.amname <> 'heap'),
    'tablespace', (select spcname from pg_tablespace where oid = t.reltablespace),
    'owner', ${owner('t.relowner')},
    'privileges', ${grants('t.relacl', 'r', 't.relowner')},
    'comment', t.comment) as facts
  from tables t, me`,
    `  select 'column', t.nspname, t.relname, a.attname, a.attnum, jsonb_build_object(
    'type', format_type(a.atttypid, a.atttypmod),
    'not null', ${notNull},
    'default', case when serial.seq is null and a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
    'serial', case when serial.seq is not null and a.attidentity = '' then 'yes' end,
    'identity', case when not t.relispartition then case a.attidentity when 'a' then 'always' when 'd' then 'by default' end end,
    'sequence', case when serial.seq is not null and not t.relispartition then ${sequenceOptions('q')} end,
    'sequence type', case when serial.seq is not null and q.seqtypid <> a.atttypid then format_type(q.seqtypid, null) end,
    'sequence privileges', case when serial.seq is not null then ${grants('sc.relacl', 's', 'sc.relowner')} end,
    'generated', case a.attgenerated when 's' then pg_get_expr(d.adbin, d.adrelid) || ' stored' when 'v' then pg_get_expr(d.adbin, d.adrelid) || ' virtual' end,
    'collation', case when a.attcollation <> ty.typcollation then a.attcollation::regcollation::text end,
    'storage', case when a.attstorage <> ty.typstorage then case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end,
    'compression', ${compression},
    'statistics', case when a.attstattarget >= 0 then a.attstattarget::text end,
    'options', (select string_agg(o, ', ' order by o) from unnest(a.attoptions) o where o ~ '^n_distinct'),
    'inherited', case when a.attinhcount > 0 and not a.attislocal then 'yes' end,
    'privileges', ${grants('a.attacl', 'c', 't.relowner')},
    'comment', note.description)
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_type ty on ty.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  left join serials serial on serial.tbl = t.oid and serial.col = a.attnum
  left join pg_sequence q on q.seqrelid = serial.seq
  left join pg_class sc on sc.oid = serial.seq
  left join remarks note on note.classoid = 'pg_class'::regclass and note.objoid = t.oid and note.objsubid = a.attnum
  ${notNulls}`,
    `  select 'constraint', t.nspname, t.relname, k.conname, null, jsonb_build_object(
    'definition', pg_get_constraintdef(k.oid),
    'options', array_to_string(kc.reloptions, ', '),
    'comment', obj_description(k.oid, 'pg_constraint'))
  from tables t join pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c', 'x') and k.conparentid = 0
  left join pg_class kc on kc.oid = k.conindid and k.contype <> 'f'`,
    `  select 'index', t.nspname, t.relname, i.relname, null, jsonb_build_object(
    'definition', pg_get_indexdef(i.oid), 'invalid', case when not x.indisvalid then 'yes' end,
    'tablespace', (select spcname from pg_tablespace where oid = i.reltablespace),
    'statistics', (select string_agg(a.attnum || ' ' || a.attstattarget, ', ') from pg_attribute a where a.attrelid = i.oid and a.attstattarget >= 0),
    'comment', obj_description(i.oid, 'pg_class'))
  from relations t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
  where t.relkind in ('r', 'p', 'm') and not i.relispartition
    and not exists (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))`,
    `  select 'sequence', s.nspname, s.relname, null, null, jsonb_build_object(
    'type', format_type(q.seqtypid, null), 'definition', ${sequenceOptions('q')},
    'owned by', (select o.tbl::regclass::text || '.' || a.attname from owned o join pg_attribute a on a.attrelid = o.tbl and a.attnum = o.col where o.seq = s.oid),
    'unlogged', case when s.relpersistence = 'u' then 'yes' end,
    'owner', ${owner('s.relowner')},
    'privileges', ${grants('s.relacl', 's', 's.relowner')},
    'comment', s.comment)
  from relations s join pg_sequence q on q.seqrelid = s.oid, me
  where not exists (select from serials where serials.seq = s.oid)`,
    `  select case when v.relkind = 'm' then 'materialized view' else 'view' end, v.nspname, v.relname, null, null,
    jsonb_build_object('definition', pg_get_viewdef(v.oid), 'options', array_to_string(v.reloptions, ', '),
      'column defaults', (select jsonb_object_agg(a.attname, pg_get_expr(d.adbin, d.adrelid))::text
        from pg_attrdef d join pg_attribute a on a.attrelid = v.oid and a.attnum = d.adnum where d.adrelid = v.oid),
      'column comments', (select jsonb_object_agg(a.attname, r.description)::text
        from remarks r join pg_attribute a on a.attrelid = v.oid and a.attnum = r.objsubid
        where r.classoid = 'pg_class'::regclass and r.objoid = v.oid and r.objsubid > 0),
      'owner', ${owner('v.relowner')},
      'privileges', ${grants('v.relacl', 'r', 'v.relowner')}, 'comment', v.comment)
  from relations v, me where v.relkind in ('v', 'm')`,
    `  select 'rule', t.nspname, t.relname, r.rulename, null, jsonb_build_object('definition', pg_get_ruledef(r.oid),
    'state', ${state('r.ev_enabled')}, 'comment', obj_description(r.oid, 'pg_rewrite'))
  from relations t join pg_rewrite r on r.ev_class = t.oid and r.rulename <> '_RETURN'`,
    `  select 'trigger', t.nspname, t.relname, g.tgname, null,
    jsonb_build_object('definition', pg_get_triggerdef(g.oid), 'state', ${state('g.tgenabled')},
      'comment', obj_description(g.oid, 'pg_trigger'))
  from relations t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal and g.tgparentid = 0`,
    `  select 'policy', t.nspname, t.relname, p.polname, null, jsonb_build_object('definition', concat_ws(' ',
    case when p.polpermissive then 'as permissive' else 'as restrictive' end,
    'for ' || case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    'to ' || (select string_agg(coalesce(quote_ident(r.rolname), 'public'), ', ' order by r.rolname) from unnest(p.polroles) one left join pg_roles r on r.oid = one),
    'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
    'comment', obj_description(p.oid, 'pg_policy'))
  from tables t join pg_policy p on p.polrelid = t.oid`,
    `  select 'statistics', s.nspname, e.stxname, null, null, jsonb_build_object('definition', pg_get_statisticsobjdef(e.oid),
    'target', case when e.stxstattarget >= 0 then e.stxstattarget::text end,
    'owner', ${owner('e.stxowner')}, 'comment', obj_description(e.oid, 'pg_statistic_ext'))
  from pg_statistic_ext e join spaces s on s.oid = e.stxnamespace, me`,
  ];
}

/** Of triggers and rules: null if they fire normally. */
function state(column: string): string {
  return `case ${column} when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end`;
}

function programs(version: number): string[] {
  const multirange =
    version >= 140000
      ? `, (select 'multirange ' || m.oid::regtype::text from pg_type m where m.oid = r.rngmultitypid
        and m.typname <> case when t.typname ~ 'range' then regexp_replace(t.typname, 'range', 'multirange') else t.typname || '_multirange' end)`
      : '';
  return [
    `  select 'enum', t.nspname, t.typname, null, null, jsonb_build_object('values',
    (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t, me where t.typtype = 'e'`,
    `  select 'domain', t.nspname, t.typname, null, null, jsonb_build_object(
    'type', format_type(t.typbasetype, t.typtypmod),
    'collation', case when t.typcollation <> base.typcollation then t.typcollation::regcollation::text end,
    'not null', case when t.typnotnull then 'yes' end,
    'default', t.typdefault,
    'checks', (select string_agg(quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ', ' order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'c'),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t join pg_type base on base.oid = t.typbasetype, me where t.typtype = 'd'`,
    `  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('definition',
    (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ||
       case when a.attcollation <> ty.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end, ', ' order by a.attnum)
     from pg_attribute a join pg_type ty on ty.oid = a.atttypid where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t join pg_class c on c.oid = t.typrelid and c.relkind = 'c', me`,
    `  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('range', concat_ws(' ', format_type(r.rngsubtype, null),
      case when r.rngcanonical <> 0 then 'canonical ' || r.rngcanonical::regproc::text end,
      case when r.rngsubdiff <> 0 then 'subtype_diff ' || r.rngsubdiff::regproc::text end${multirange}),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t join pg_range r on r.rngtypid = t.oid, me`,
    `  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('base',
    case when t.typtype = 'p' or not t.typisdefined then 'shell' else concat_ws(' ', t.typinput, t.typoutput, t.typlen, t.typalign, t.typstorage) end,
    'owner', ${owner('t.typowner')})
  from types t, me where t.typtype in ('b', 'p') and t.typelem = 0 and t.typrelid = 0`,
    `  select 'function', p.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null, null,
    jsonb_build_object(
      'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' end,
      'definition', case when p.prokind = 'a' then (
        select concat_ws(' ', 'sfunc', g.aggtransfn, 'stype', format_type(g.aggtranstype, null), 'init', g.agginitval, 'final', nullif(g.aggfinalfn, 0), 'combine', nullif(g.aggcombinefn, 0))
        from pg_aggregate g where g.aggfnoid = p.oid) else pg_get_functiondef(p.oid) end,
      'owner', ${owner('p.proowner')},
      'privileges', ${grants('p.proacl', 'f', 'p.proowner')}, 'comment', obj_description(p.oid, 'pg_proc'))
  from functions p, me`,
    `  select 'operator', s.nspname, o.oprname || '(' || concat_ws(', ', nullif(o.oprleft, 0)::regtype, nullif(o.oprright, 0)::regtype) || ')', null, null,
    jsonb_build_object('definition', concat_ws(' ', o.oprcode, case when o.oprcom <> 0 then 'commutator ' || o.oprcom::regoperator end,
      case when o.oprnegate <> 0 then 'negator ' || o.oprnegate::regoperator end, case when o.oprrest <> 0 then 'restrict ' || o.oprrest end,
      case when o.oprjoin <> 0 then 'join ' || o.oprjoin end, case when o.oprcanhash then 'hashes' end, case when o.oprcanmerge then 'merges' end),
      'owner', ${owner('o.oprowner')})
  from pg_operator o join spaces s on s.oid = o.oprnamespace, me
  where not exists (select from members m where m.classid = 'pg_operator'::regclass and m.objid = o.oid)`,
    `  select 'collation', s.nspname, c.collname, null, null, jsonb_build_object('definition', concat_ws(' ',
      case c.collprovider when 'i' then 'icu' when 'c' then 'libc' when 'b' then 'builtin' else 'default' end,
      ${version >= 170000 ? 'c.colllocale' : version >= 150000 ? 'c.colliculocale' : 'null::text'}, c.collcollate,
      case when c.collprovider <> 'i' then c.collctype end,
      case when not c.collisdeterministic then 'not deterministic' end), 'owner', ${owner('c.collowner')})
  from pg_collation c join spaces s on s.oid = c.collnamespace, me
  where not exists (select from members m where m.classid = 'pg_collation'::regclass and m.objid = c.oid)`,
    `  select 'text search configuration', s.nspname, c.cfgname, null, null, jsonb_build_object('definition',
      (select string_agg(m.maptokentype || ' ' || m.mapseqno || ' ' || m.mapdict::regdictionary, ', ' order by m.maptokentype, m.mapseqno) from pg_ts_config_map m where m.mapcfg = c.oid))
  from pg_ts_config c join spaces s on s.oid = c.cfgnamespace
  where not exists (select from members m where m.classid = 'pg_ts_config'::regclass and m.objid = c.oid)`,
    `  select 'text search dictionary', s.nspname, c.dictname, null, null, jsonb_build_object('definition', concat_ws(' ', t.tmplname, c.dictinitoption))
  from pg_ts_dict c join spaces s on s.oid = c.dictnamespace join pg_ts_template t on t.oid = c.dicttemplate
  where not exists (select from members m where m.classid = 'pg_ts_dict'::regclass and m.objid = c.oid)`,
  ];
}

function beyond(version: number, { defaultSchema }: InventoryScope): string[] {
  const publicNow = version < 150000 ? ` where (grantee <> 0 or s.nspname <> 'public')` : '';
  // Since PostgreSQL 15, not every role may create objects in schema public.
  const schemaGrants = `(
      select nullif(string_agg(line, ', ' order by line collate "C"), case when s.nspname = 'public' and ${version} >= 150000 then 'public=USAGE' else '' end) from (
        select case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
          || '=' || string_agg(privilege_type || case when is_grantable then '*' else '' end, '/' order by privilege_type collate "C") as line
        from aclexplode(s.nspacl) x${publicNow}${publicNow === '' ? ' where' : ' and'} grantee <> s.nspowner group by grantee) lines)`;
  const published =
    version >= 150000
      ? `select r.prrelid::regclass::text || coalesce(' (' || (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any(r.prattrs)) || ')', '')
          || coalesce(' where ' || pg_get_expr(r.prqual, r.prrelid), '') as one from pg_publication_rel r where r.prpubid = p.oid
        union all select 'tables in schema ' || quote_ident(n.nspname) from pg_publication_namespace pn join pg_namespace n on n.oid = pn.pnnspid where pn.pnpubid = p.oid`
      : `select r.prrelid::regclass::text as one from pg_publication_rel r where r.prpubid = p.oid`;
  return [
    `  select 'schema', s.nspname::text, s.nspname::text, null, null, jsonb_build_object(
    'owner', case when not s.given then ${owner('s.nspowner')} end,
    'privileges', ${schemaGrants},
    'comment', case when s.nspname <> 'public' or obj_description(s.oid, 'pg_namespace') <> 'standard public schema' then obj_description(s.oid, 'pg_namespace') end)
  from spaces s, me where s.nspname <> ${quoteLiteral(defaultSchema)} or s.nspname = 'public'`,
    `  select 'extension', '', x.extname::text, null, null, jsonb_build_object(
    'schema', case when x.extrelocatable or n.nspname not in ('public', 'pg_catalog', x.extname) then nullif(n.nspname, 'public') end,
    'version', case when x.extversion <> a.default_version then x.extversion end)
  from pg_extension x join pg_namespace n on n.oid = x.extnamespace
  left join pg_available_extensions a on a.name = x.extname where x.extname <> 'plpgsql'`,
    `  select 'cast', '', c.castsource::regtype || ' as ' || c.casttarget::regtype, null, null, jsonb_build_object('definition',
      concat_ws(' ', c.castcontext, c.castmethod, nullif(c.castfunc, 0)::regprocedure))
  from pg_cast c where c.oid >= 16384 and not exists (select from pg_depend m where m.classid = 'pg_cast'::regclass and m.objid = c.oid and m.deptype in ('e', 'i'))`,
    `  select 'language', '', l.lanname::text, null, null, jsonb_build_object('definition', case when l.lanpltrusted then 'trusted' else 'not trusted' end, 'owner', ${owner('l.lanowner')})
  from pg_language l, me where l.oid >= 16384 and l.lanname <> 'plpgsql'
    and not exists (select from members m where m.classid = 'pg_language'::regclass and m.objid = l.oid)`,
    `  select 'foreign server', '', s.srvname::text, null, null, jsonb_build_object('definition', concat_ws(' ', w.fdwname, s.srvtype, s.srvversion, array_to_string(s.srvoptions, ', ')),
      'owner', ${owner('s.srvowner')}, 'privileges', ${grants('s.srvacl', 'S', 's.srvowner')})
  from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw, me`,
    `  select 'event trigger', '', e.evtname::text, null, null, jsonb_build_object('definition', concat_ws(' ',
      'on', e.evtevent, case when e.evttags is not null then 'when tag in (' || (select string_agg(quote_literal(tag), ', ') from unnest(e.evttags) tag) || ')' end,
      'execute function', e.evtfoid::regproc || '()'), 'state', ${state('e.evtenabled')}, 'owner', ${owner('e.evtowner')}, 'comment', obj_description(e.oid, 'pg_event_trigger'))
  from pg_event_trigger e, me
  where not exists (select from members m where m.classid = 'pg_event_trigger'::regclass and m.objid = e.oid)`,
    `  select 'publication', '', p.pubname::text, null, null, jsonb_build_object(
    'definition', case when p.puballtables then 'all tables' else (select string_agg(one, ', ' order by one collate "C") from (${published}) lines) end,
    'operations', nullif(concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end), 'insert, update, delete, truncate'),
    'via root', case when p.pubviaroot then 'yes' end, 'owner', ${owner('p.pubowner')}, 'comment', obj_description(p.oid, 'pg_publication'))
  from pg_publication p, me`,
    `  select 'default privileges', coalesce(n.nspname::text, ''), case when d.defaclrole = me.id then 'owner' else pg_get_userbyid(d.defaclrole)::text end || ' ' ||
      case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' else d.defaclobjtype::text end, null, null,
    jsonb_build_object('privileges', coalesce((select string_agg(line, ', ' order by line collate "C") from (
        select case when grantee = 0 then 'public' when grantee = d.defaclrole then 'owner' else quote_ident(pg_get_userbyid(grantee)) end
          || '=' || string_agg(privilege_type || case when is_grantable then '*' else '' end, '/' order by privilege_type collate "C") as line
        from aclexplode(d.defaclacl) group by grantee) lines), 'none'))
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, me
  where n.oid is null or n.oid in (select oid from spaces)`,
  ];
}
