import { owner } from './properties.ts';

/** Condition: the object does not belong to an extension. */
const own = (catalog: string, oid: string): string =>
  `not exists (select from members m where m.classid = '${catalog}'::regclass and m.objid = ${oid})`;

/** An operator as an option of CREATE OPERATOR. */
const operatorOption = (option: string, oid: string): string =>
  `(select '${option} = operator(' || quote_ident(s.nspname) || '.' || x.oprname || ')' from pg_operator x join pg_namespace s on s.oid = x.oprnamespace where x.oid = ${oid})`;

/** How values are compared, found and converted: operators and their classes, collations, text search. */
export function methods(version: number): string[] {
  return [
    `  select 'operator', s.nspname, o.oprname || '(' || concat_ws(', ', nullif(o.oprleft, 0)::regtype, nullif(o.oprright, 0)::regtype) || ')', null, null,
    jsonb_build_object('definition', concat_ws(', ', 'function = ' || o.oprcode, 'leftarg = ' || nullif(o.oprleft, 0)::regtype, 'rightarg = ' || nullif(o.oprright, 0)::regtype,
      ${operatorOption('commutator', 'o.oprcom')}, ${operatorOption('negator', 'o.oprnegate')}, case when o.oprrest <> 0 then 'restrict = ' || o.oprrest end,
      case when o.oprjoin <> 0 then 'join = ' || o.oprjoin end, case when o.oprcanhash then 'hashes' end, case when o.oprcanmerge then 'merges' end),
      'owner', ${owner('o.oprowner')}, 'comment', obj_description(o.oid, 'pg_operator'))
  from pg_operator o join spaces s on s.oid = o.oprnamespace, me
  where o.oprcode <> 0 and ${own('pg_operator', 'o.oid')}`,
    `  select 'collation', s.nspname, c.collname, null, null, jsonb_build_object('definition', concat_ws(', ',
      'provider = ' || case c.collprovider when 'i' then 'icu' when 'c' then 'libc' when 'b' then 'builtin' else 'default' end,
      'locale = ' || quote_literal(coalesce(${version >= 170000 ? 'c.colllocale' : version >= 150000 ? 'c.colliculocale' : 'null::text'}, case when c.collprovider = 'i' then c.collcollate end)),
      case when c.collprovider = 'c' then 'lc_collate = ' || quote_literal(c.collcollate) || ', lc_ctype = ' || quote_literal(c.collctype) end,
      case when not c.collisdeterministic then 'deterministic = false' end${version >= 160000 ? `, 'rules = ' || quote_literal(c.collicurules)` : ''}), 'owner', ${owner('c.collowner')}, 'comment', obj_description(c.oid, 'pg_collation'))
  from pg_collation c join spaces s on s.oid = c.collnamespace, me
  where ${own('pg_collation', 'c.oid')}`,
    `  select 'operator family', s.nspname, f.opfname || ' using ' || am.amname, null, null, jsonb_build_object('definition',
      (select string_agg(line, ', ' order by line collate "C") from (
        select 'operator ' || o.amopstrategy || ' ' || o.amopopr::regoperator as line
        from pg_amop o where o.amopfamily = f.oid
        union all select 'function ' || p.amprocnum || ' (' || p.amproclefttype::regtype || ', ' || p.amprocrighttype::regtype || ') ' || p.amproc::regprocedure
        from pg_amproc p where p.amprocfamily = f.oid) lines),
      'owner', ${owner('f.opfowner')}, 'comment', obj_description(f.oid, 'pg_opfamily'))
  from pg_opfamily f join spaces s on s.oid = f.opfnamespace join pg_am am on am.oid = f.opfmethod, me
  where ${own('pg_opfamily', 'f.oid')}`,
    `  select 'operator class', s.nspname, c.opcname || ' using ' || am.amname, null, null, jsonb_build_object('definition',
      concat_ws(' ', case when c.opcdefault then 'default' end, 'for type', c.opcintype::regtype, 'family', f.opfname, 'storage ' || nullif(c.opckeytype, 0)::regtype),
      'owner', ${owner('c.opcowner')}, 'comment', obj_description(c.oid, 'pg_opclass'))
  from pg_opclass c join spaces s on s.oid = c.opcnamespace join pg_am am on am.oid = c.opcmethod join pg_opfamily f on f.oid = c.opcfamily, me
  where ${own('pg_opclass', 'c.oid')}`,
    `  select 'conversion', s.nspname, c.conname, null, null, jsonb_build_object('definition',
      concat_ws(' ', case when c.condefault then 'default' end, 'for', quote_literal(pg_encoding_to_char(c.conforencoding)), 'to', quote_literal(pg_encoding_to_char(c.contoencoding)), 'from', c.conproc),
      'owner', ${owner('c.conowner')}, 'comment', obj_description(c.oid, 'pg_conversion'))
  from pg_conversion c join spaces s on s.oid = c.connamespace, me
  where ${own('pg_conversion', 'c.oid')}`,
    `  select 'text search configuration', s.nspname, c.cfgname, null, null, jsonb_build_object(
      'parser', (select p.prsname from pg_ts_parser p where p.oid = c.cfgparser),
      'mappings', (select string_agg(token.alias || ': ' || (select string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno) from pg_ts_config_map m where m.mapcfg = c.oid and m.maptokentype = token.tokid), '; ' order by token.alias collate "C")
        from ts_token_type(c.cfgparser) token where exists (select from pg_ts_config_map m where m.mapcfg = c.oid and m.maptokentype = token.tokid)),
      'owner', ${owner('c.cfgowner')}, 'comment', obj_description(c.oid, 'pg_ts_config'))
  from pg_ts_config c join spaces s on s.oid = c.cfgnamespace, me
  where ${own('pg_ts_config', 'c.oid')}`,
    `  select 'text search dictionary', s.nspname, d.dictname, null, null, jsonb_build_object(
      'template', (case when tn.nspname = 'pg_catalog' then '' else quote_ident(tn.nspname) || '.' end) || quote_ident(t.tmplname),
      'options', d.dictinitoption, 'owner', ${owner('d.dictowner')}, 'comment', obj_description(d.oid, 'pg_ts_dict'))
  from pg_ts_dict d join spaces s on s.oid = d.dictnamespace join pg_ts_template t on t.oid = d.dicttemplate join pg_namespace tn on tn.oid = t.tmplnamespace, me
  where ${own('pg_ts_dict', 'd.oid')}`,
    `  select 'text search parser', s.nspname, p.prsname, null, null, jsonb_build_object('definition',
      concat_ws(', ', 'start = ' || p.prsstart, 'gettoken = ' || p.prstoken, 'end = ' || p.prsend, case when p.prsheadline <> 0 then 'headline = ' || p.prsheadline end, 'lextypes = ' || p.prslextype), 'comment', obj_description(p.oid, 'pg_ts_parser'))
  from pg_ts_parser p join spaces s on s.oid = p.prsnamespace
  where ${own('pg_ts_parser', 'p.oid')}`,
    `  select 'text search template', s.nspname, t.tmplname, null, null, jsonb_build_object('definition',
      concat_ws(', ', case when t.tmplinit <> 0 then 'init = ' || t.tmplinit end, 'lexize = ' || t.tmpllexize), 'comment', obj_description(t.oid, 'pg_ts_template'))
  from pg_ts_template t join spaces s on s.oid = t.tmplnamespace
  where ${own('pg_ts_template', 't.oid')}`,
    `  select 'access method', '', a.amname::text, null, null, jsonb_build_object('definition',
      concat_ws(' ', case a.amtype when 't' then 'table' else 'index' end, 'handler', a.amhandler), 'comment', obj_description(a.oid, 'pg_am'))
  from pg_am a where a.oid >= 16384 and ${own('pg_am', 'a.oid')}`,
    `  select 'transform', '', tr.trftype::regtype || ' language ' || l.lanname, null, null, jsonb_build_object('definition',
      concat_ws(', ', 'from sql with function ' || nullif(tr.trffromsql, 0)::regprocedure, 'to sql with function ' || nullif(tr.trftosql, 0)::regprocedure), 'comment', obj_description(tr.oid, 'pg_transform'))
  from pg_transform tr join pg_language l on l.oid = tr.trflang where ${own('pg_transform', 'tr.oid')}`,
    `  select 'cast', '', c.castsource::regtype || ' as ' || c.casttarget::regtype, null, null, jsonb_build_object(
      'context', case c.castcontext when 'a' then 'assignment' when 'i' then 'implicit' end,
      'with', case c.castmethod when 'f' then c.castfunc::regprocedure::text when 'i' then 'inout' else 'no function' end,
      'comment', obj_description(c.oid, 'pg_cast'))
  from pg_cast c where c.oid >= 16384 and not exists (select from pg_depend m where m.classid = 'pg_cast'::regclass and m.objid = c.oid and m.deptype in ('e', 'i'))`,
  ];
}
