import { dependsOn, foreignOptions, grants, owner, sequenceOptions, state } from './properties.ts';

/** The name that PostgreSQL gives the sequence of a column, unless it is too long or taken. */
const usualSequence = `left(t.relname || '_' || a.attname || '_seq', 63)`;

const storage = `case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end`;

/** The options of a table or view, and those of its TOAST table as `toast.…`. */
const options = (relation: string): string =>
  `nullif(concat_ws(', ', array_to_string(${relation}.reloptions, ', '),
      (select 'toast.' || array_to_string(toast.reloptions, ', toast.') from pg_class toast where toast.oid = ${relation}.reltoastrelid)), '')`;

const clusteredOn = (relation: string): string =>
  `(select c.relname from pg_index x join pg_class c on c.oid = x.indexrelid where x.indrelid = ${relation}.oid and x.indisclustered limit 1)`;

const accessMethod = (relation: string): string =>
  `(select am.amname from pg_am am where am.oid = ${relation}.relam and am.amname <> 'heap')`;

const tablespace = (relation: string): string =>
  `(select spcname from pg_tablespace where oid = ${relation}.reltablespace)`;

/** A property of the indexes of a partition that are parts of another index, by their names. */
const partitionIndexes = (property: string): string =>
  `case when t.relispartition then (select jsonb_object_agg(name, value)::text from (
      select i.relname as name, ${property} as value from pg_index x join pg_class i on i.oid = x.indexrelid
      where x.indrelid = t.oid and i.relispartition) parts where value is not null) end`;

/** Tables and all that is in them, sequences and views, as one query each. */
export function tables(version: number): string[] {
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
    'foreign', (select quote_ident(s.srvname) from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = t.oid),
    'foreign options', (select ${foreignOptions('f.ftoptions')} from pg_foreign_table f where f.ftrelid = t.oid),
    'trigger states', case when t.relispartition then (select jsonb_object_agg(g.tgname, coalesce(${state('g.tgenabled')}, 'enabled'))::text
      from pg_trigger g join pg_trigger p on p.oid = g.tgparentid where g.tgrelid = t.oid and not p.tgisinternal and g.tgenabled <> p.tgenabled) end,
    'index options', ${partitionIndexes(`array_to_string(i.reloptions, ', ')`)},
    'index comments', ${partitionIndexes(`obj_description(i.oid, 'pg_class')`)},
    'unlogged', case when t.relpersistence = 'u' then 'yes' end,
    'row level security', case when t.relforcerowsecurity and t.relrowsecurity then 'forced' when t.relrowsecurity then 'enabled' when t.relforcerowsecurity then 'forced but not enabled' end,
    'options', ${options('t')},
    'replica identity', case when t.relkind <> 'f' then case t.relreplident when 'f' then 'full' when 'n' then 'nothing' when 'i' then 'index ' ||
      (select c.relname from pg_index x join pg_class c on c.oid = x.indexrelid where x.indrelid = t.oid and x.indisreplident limit 1) end end,
    'clustered on', ${clusteredOn('t')},
    'access method', ${accessMethod('t')},
    'tablespace', ${tablespace('t')},
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
    'sequence name', case when serial.seq is not null and not t.relispartition and sc.relname <> ${usualSequence} then sc.relname end,
    'sequence type', case when serial.seq is not null and q.seqtypid <> a.atttypid then format_type(q.seqtypid, null) end,
    'sequence privileges', case when serial.seq is not null then ${grants('sc.relacl', 's', 'sc.relowner')} end,
    'generated', case a.attgenerated when 's' then pg_get_expr(d.adbin, d.adrelid) || ' stored' when 'v' then pg_get_expr(d.adbin, d.adrelid) || ' virtual' end,
    'collation', case when a.attcollation <> ty.typcollation then a.attcollation::regcollation::text end,
    'storage', case when a.attstorage <> ty.typstorage then ${storage} end,
    'compression', ${compression},
    'statistics', case when a.attstattarget >= 0 then a.attstattarget::text end,
    'foreign options', case when t.relkind = 'f' then ${foreignOptions('a.attfdwoptions')} end,
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
    'tablespace', ${tablespace('kc')},
    'index comment', obj_description(kc.oid, 'pg_class'),
    'state', (select state from triggerless where con = k.oid),
    'inherited', case when k.coninhcount > 0 and not k.conislocal then 'yes' end,
    'comment', obj_description(k.oid, 'pg_constraint'))
  from tables t join pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c', 'x') and k.conparentid = 0
  left join pg_class kc on kc.oid = k.conindid and k.contype <> 'f'`,
    `  select 'index', t.nspname, t.relname, i.relname, null, jsonb_build_object(
    'definition', pg_get_indexdef(i.oid), 'invalid', case when not x.indisvalid then 'yes' end,
    'tablespace', (select spcname from pg_tablespace where oid = i.reltablespace),
    'statistics', (select string_agg(a.attnum || ' ' || a.attstattarget, ', ') from pg_attribute a where a.attrelid = i.oid and a.attstattarget >= 0),
    'depends on', ${dependsOn('pg_class', 'i.oid')},
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
    jsonb_build_object('definition', pg_get_viewdef(v.oid), 'options', ${options('v')},
      'column defaults', (select jsonb_object_agg(a.attname, pg_get_expr(d.adbin, d.adrelid))::text
        from pg_attrdef d join pg_attribute a on a.attrelid = v.oid and a.attnum = d.adnum where d.adrelid = v.oid),
      'column comments', (select jsonb_object_agg(a.attname, r.description)::text
        from remarks r join pg_attribute a on a.attrelid = v.oid and a.attnum = r.objsubid
        where r.classoid = 'pg_class'::regclass and r.objoid = v.oid and r.objsubid > 0),
      'column storage', (select jsonb_object_agg(a.attname, concat_ws(', ',
          case when a.attstattarget >= 0 then 'statistics ' || a.attstattarget end,
          case when a.attstorage <> ty.typstorage then 'storage ' || ${storage} end))::text
        from pg_attribute a join pg_type ty on ty.oid = a.atttypid
        where v.relkind = 'm' and a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
          and (a.attstattarget >= 0 or a.attstorage <> ty.typstorage)),
      'column privileges', (select jsonb_object_agg(name, value)::text from (
          select a.attname as name, ${grants('a.attacl', 'c', 'v.relowner')} as value
          from pg_attribute a where a.attrelid = v.oid and a.attnum > 0 and a.attacl is not null) granted where value is not null),
      'clustered on', ${clusteredOn('v')},
      'depends on', case when v.relkind = 'm' then ${dependsOn('pg_class', 'v.oid')} end,
      'access method', case when v.relkind = 'm' then ${accessMethod('v')} end,
      'tablespace', ${tablespace('v')},
      'owner', ${owner('v.relowner')},
      'privileges', ${grants('v.relacl', 'r', 'v.relowner')}, 'comment', v.comment)
  from relations v, me where v.relkind in ('v', 'm')`,
    `  select 'rule', t.nspname, t.relname, r.rulename, null, jsonb_build_object('definition', pg_get_ruledef(r.oid),
    'state', ${state('r.ev_enabled')}, 'comment', obj_description(r.oid, 'pg_rewrite'))
  from relations t join pg_rewrite r on r.ev_class = t.oid and r.rulename <> '_RETURN'`,
    `  select 'trigger', t.nspname, t.relname, g.tgname, null,
    jsonb_build_object('definition', pg_get_triggerdef(g.oid), 'state', ${state('g.tgenabled')},
      'depends on', ${dependsOn('pg_trigger', 'g.oid')}, 'comment', obj_description(g.oid, 'pg_trigger'))
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
