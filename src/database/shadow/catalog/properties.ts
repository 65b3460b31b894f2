/**
 * A property that differs from its default only if the owner of the object is not the role that runs
 * migrations.
 */
export const owner = (column: string): string =>
  `case when ${column} <> me.id then pg_get_userbyid(${column})::text end`;

/**
 * Privileges as a set, without the owner's own name; null for PostgreSQL's defaults.
 * @param kind of acldefault: r table, s sequence, n schema, f function, T type, c column
 */
export function grants(acl: string, kind: string, owner: string): string {
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

/** Options of a sequence that are not the default ones. */
export const sequenceOptions = (q: string): string => `nullif(concat_ws(' ',
    case when ${q}.seqstart <> case when ${q}.seqincrement > 0 then ${q}.seqmin else ${q}.seqmax end then 'start ' || ${q}.seqstart end,
    case when ${q}.seqincrement <> 1 then 'increment ' || ${q}.seqincrement end,
    case when ${q}.seqmin <> case when ${q}.seqincrement > 0 then 1 else case ${q}.seqtypid when 'int2'::regtype then -32768 when 'int4'::regtype then -2147483648 else -9223372036854775808 end end then 'minvalue ' || ${q}.seqmin end,
    case when ${q}.seqmax <> case when ${q}.seqincrement < 0 then -1 else case ${q}.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 else 9223372036854775807 end end then 'maxvalue ' || ${q}.seqmax end,
    case when ${q}.seqcache <> 1 then 'cache ' || ${q}.seqcache end,
    case when ${q}.seqcycle then 'cycle' end), '')`;

/** The options of foreign data, by name. */
export const foreignOptions = (column: string): string =>
  `(select jsonb_object_agg(option_name, option_value)::text from pg_options_to_table(${column}))`;

/** The extensions that an object is dropped with. */
export const dependsOn = (catalog: string, oid: string): string =>
  `(select extensions from dependents e where e.classid = '${catalog}'::regclass and e.objid = ${oid})`;

/** Of triggers and rules: null if they fire normally. */
export function state(column: string): string {
  return `case ${column} when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end`;
}
