import { dependsOn, grants, owner } from './properties.ts';

/** The options of an aggregate function, as CREATE AGGREGATE takes them. */
const aggregate = `(
        select concat_ws(', ', 'sfunc = ' || g.aggtransfn, 'stype = ' || format_type(g.aggtranstype, null),
          case when g.aggtransspace <> 0 then 'sspace = ' || g.aggtransspace end,
          ${[
            'finalfunc = aggfinalfn',
            'combinefunc = aggcombinefn',
            'serialfunc = aggserialfn',
            'deserialfunc = aggdeserialfn',
            'msfunc = aggmtransfn',
            'minvfunc = aggminvtransfn',
            'mfinalfunc = aggmfinalfn',
          ]
            .map(one => one.split(' = '))
            .map(([option, column]) => `case when g.${column} <> 0 then '${option} = ' || g.${column} end`)
            .join(', ')},
          case when g.aggfinalextra then 'finalfunc_extra' end, case when g.aggmfinalextra then 'mfinalfunc_extra' end,
          case when g.aggfinalfn <> 0 and g.aggfinalmodify <> case when g.aggkind = 'n' then 'r' else 'w' end then 'finalfunc_modify = ' || case g.aggfinalmodify when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end end,
          case when g.aggmtranstype <> 0 then 'mstype = ' || format_type(g.aggmtranstype, null) end,
          case when g.aggmtransspace <> 0 then 'msspace = ' || g.aggmtransspace end,
          'initcond = ' || quote_literal(g.agginitval), 'minitcond = ' || quote_literal(g.aggminitval),
          case when g.aggsortop <> 0 then 'sortop = operator(' || (select quote_ident(n.nspname) || '.' || o.oprname from pg_operator o join pg_namespace n on n.oid = o.oprnamespace where o.oid = g.aggsortop) || ')' end,
          case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end,
          case when g.aggkind = 'h' then 'hypothetical' end)
        from pg_aggregate g where g.aggfnoid = p.oid)`;

/** Functions, types, triggers and what else runs or is named in definitions. */
export function programs(version: number): string[] {
  const multirange =
    version >= 140000
      ? `, (select 'multirange_type_name = ' || m.oid::regtype::text from pg_type m where m.oid = r.rngmultitypid
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
    'check comments', (select jsonb_object_agg(k.conname, r.description)::text from pg_constraint k join remarks r on r.classoid = 'pg_constraint'::regclass and r.objoid = k.oid where k.contypid = t.oid and k.contype = 'c'),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t join pg_type base on base.oid = t.typbasetype, me where t.typtype = 'd'`,
    `  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('definition',
    (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ||
       case when a.attcollation <> ty.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end, ', ' order by a.attnum)
     from pg_attribute a join pg_type ty on ty.oid = a.atttypid where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
    'column comments', (select jsonb_object_agg(a.attname, r.description)::text from remarks r join pg_attribute a on a.attrelid = t.typrelid and a.attnum = r.objsubid
      where r.classoid = 'pg_class'::regclass and r.objoid = t.typrelid and r.objsubid > 0),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t join pg_class c on c.oid = t.typrelid and c.relkind = 'c', me`,
    `  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('range', concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, null),
      (select 'subtype_opclass = ' || quote_ident(s.nspname) || '.' || quote_ident(o.opcname) from pg_opclass o join pg_namespace s on s.oid = o.opcnamespace where o.oid = r.rngsubopc and not o.opcdefault),
      case when r.rngcollation <> (select typcollation from pg_type where oid = r.rngsubtype) then 'collation = ' || r.rngcollation::regcollation end,
      case when r.rngcanonical <> 0 then 'canonical = ' || r.rngcanonical::regproc::text end,
      case when r.rngsubdiff <> 0 then 'subtype_diff = ' || r.rngsubdiff::regproc::text end${multirange}),
    'owner', ${owner('t.typowner')}, 'privileges', ${grants('t.typacl', 'T', 't.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t join pg_range r on r.rngtypid = t.oid, me`,
    `  select 'type', t.nspname, t.typname, null, null, jsonb_build_object('base',
    case when t.typtype = 'p' or not t.typisdefined then 'shell' else concat_ws(' ', t.typinput, t.typoutput, t.typlen, t.typalign, t.typstorage) end,
    'owner', ${owner('t.typowner')}, 'comment', obj_description(t.oid, 'pg_type'))
  from types t, me where t.typtype in ('b', 'p') and t.typelem = 0 and t.typrelid = 0`,
    `  select 'function', p.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null, null,
    jsonb_build_object(
      'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' end,
      'definition', case when p.prokind = 'a' then ${aggregate} else pg_get_functiondef(p.oid) end,
      'depends on', ${dependsOn('pg_proc', 'p.oid')},
      'owner', ${owner('p.proowner')},
      'privileges', ${grants('p.proacl', 'f', 'p.proowner')}, 'comment', obj_description(p.oid, 'pg_proc'))
  from functions p, me`,
  ];
}
