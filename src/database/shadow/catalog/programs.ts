import { grants, owner } from './properties.ts';

/** Functions, types, triggers and what else runs or is named in definitions. */
export function programs(version: number): string[] {
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
