import { quoteLiteral } from '../../quote.ts';
import { foreignOptions, grants, owner, state } from './properties.ts';
import type { InventoryScope } from './scope.ts';

/** What belongs to the database or to schemas as a whole: extensions, publications, default privileges. */
export function beyond(version: number, { defaultSchema }: InventoryScope): string[] {
  // Since PostgreSQL 15, not every role may create objects in schema public.
  const usual = version < 150000 ? `('public=USAGE', 'public=CREATE/USAGE')` : `('public=USAGE')`;
  const schemaGrants = `(
      select string_agg(line, ', ' order by line collate "C") from (
        select case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
          || '=' || string_agg(privilege_type || case when is_grantable then '*' else '' end, '/' order by privilege_type collate "C") as line
        from aclexplode(s.nspacl) x where grantee <> s.nspowner group by grantee
        union all
        select 'public=none' where s.nspname = 'public' and s.nspacl is not null and not exists (select from aclexplode(s.nspacl) where grantee = 0)) lines
      where s.nspname <> 'public' or line not in ${usual})`;
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
    `  select 'language', '', l.lanname::text, null, null, jsonb_build_object('definition', concat_ws(' ', case when l.lanplcallfoid <> 0 then 'handler ' || l.lanplcallfoid::regproc end, case when l.laninline <> 0 then 'inline ' || l.laninline::regproc end, case when l.lanvalidator <> 0 then 'validator ' || l.lanvalidator::regproc end),
    'trusted', case when l.lanpltrusted then 'yes' end, 'owner', ${owner('l.lanowner')}, 'comment', obj_description(l.oid, 'pg_language'))
  from pg_language l, me where l.oid >= 16384 and l.lanname <> 'plpgsql'
    and not exists (select from members m where m.classid = 'pg_language'::regclass and m.objid = l.oid)`,
    `  select 'foreign server', '', s.srvname::text, null, null, jsonb_build_object('wrapper', quote_ident(w.fdwname), 'server type', s.srvtype, 'version', s.srvversion, 'foreign options', ${foreignOptions('s.srvoptions')},
      'owner', ${owner('s.srvowner')}, 'privileges', ${grants('s.srvacl', 'S', 's.srvowner')}, 'comment', obj_description(s.oid, 'pg_foreign_server'))
  from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw, me`,
    `  select 'foreign-data wrapper', '', w.fdwname::text, null, null, jsonb_build_object('handler', case when w.fdwhandler <> 0 then w.fdwhandler::regproc end, 'validator', case when w.fdwvalidator <> 0 then w.fdwvalidator::regproc end, 'foreign options', ${foreignOptions('w.fdwoptions')},
      'owner', ${owner('w.fdwowner')}, 'privileges', ${grants('w.fdwacl', 'F', 'w.fdwowner')}, 'comment', obj_description(w.oid, 'pg_foreign_data_wrapper'))
  from pg_foreign_data_wrapper w, me where not exists (select from members m where m.classid = 'pg_foreign_data_wrapper'::regclass and m.objid = w.oid)`,
    `  select 'event trigger', '', e.evtname::text, null, null, jsonb_build_object('definition', concat_ws(' ',
      'on', e.evtevent, case when e.evttags is not null then 'when tag in (' || (select string_agg(quote_literal(tag), ', ') from unnest(e.evttags) tag) || ')' end,
      'execute function', e.evtfoid::regproc || '()'), 'state', ${state('e.evtenabled')}, 'owner', ${owner('e.evtowner')}, 'comment', obj_description(e.oid, 'pg_event_trigger'))
  from pg_event_trigger e, me
  where not exists (select from members m where m.classid = 'pg_event_trigger'::regclass and m.objid = e.oid)`,
    `  select 'publication', '', p.pubname::text, null, null, jsonb_build_object(
    'definition', case when p.puballtables then 'all tables' else (select string_agg(one, ', ' order by one like 'tables in schema %', one collate "C") from (${published}) lines) end,
    'operations', nullif(concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end), 'insert, update, delete, truncate'),
    'via root', case when p.pubviaroot then 'yes' end, 'generated columns', ${version >= 180000 ? `case p.pubgencols when 's' then 'stored' end` : 'null::text'}, 'owner', ${owner('p.pubowner')}, 'comment', obj_description(p.oid, 'pg_publication'))
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
