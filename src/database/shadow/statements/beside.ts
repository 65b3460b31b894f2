import { quoteIdent, quoteLiteral } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { commentOn, inSchema, nounOf, type Place, quotedName } from './names.ts';

/** Properties that can be changed without recreating an object. */
export const besides = new Set(['comment', 'owner', 'state', 'privileges', 'depends on']);

/** Comments, owners, privileges and whether it fires. */
export function alterBeside(at: Place, from: Fact, to: Fact): string[] {
  const { kind, part, is } = to;
  const differs = (key: string): boolean => from.is[key] !== is[key];
  const name = quotedName(at, to);
  const object =
    part === null
      ? `${to.is.kind ?? (to.is.foreign ? 'foreign table' : nounOf(kind))} ${name}`
      : kind === 'column'
        ? `column ${name}.${quoteIdent(part)}`
        : kind === 'index'
          ? `index ${inSchema(to, part)}`
          : `${kind} ${quoteIdent(part)} on ${name}`;
  const sql: string[] = [];
  if (differs('comment')) sql.push(commentOn(object, is.comment));
  if (differs('owner'))
    sql.push(`alter ${object} owner to ${is.owner === undefined ? 'current_user' : quoteIdent(is.owner)};`);
  if (differs('depends on')) {
    const [had, has] = [from, to].map(one => one.is['depends on']?.split(', ') ?? []) as [string[], string[]];
    for (const one of had)
      if (!has.includes(one)) sql.push(`alter ${object} no depends on extension ${one};`);
    for (const one of has) if (!had.includes(one)) sql.push(`alter ${object} depends on extension ${one};`);
  }
  if (differs('state') && kind === 'constraint')
    sql.push(ofItsTriggers(name, part as string, firing(is.state)));
  else if (differs('state')) {
    const verb = firing(is.state);
    sql.push(
      kind === 'event trigger'
        ? `alter event trigger ${name} ${verb};`
        : `alter table ${name} ${verb} ${kind} ${quoteIdent(part as string)};`,
    );
  }
  if (differs('privileges') && kind !== 'default privileges')
    sql.push(...grantStatements(to, kind === 'column' ? `${name}` : name, from.is.privileges, is.privileges));
  return sql;
}

/** Turns the triggers on and off that enforce a constraint; PostgreSQL chose their names. */
function ofItsTriggers(table: string, constraint: string, verb: string): string {
  return `do $$ declare each record; begin
  for each in select t.tgrelid::regclass as on_table, t.tgname from pg_trigger t join pg_constraint k on k.oid = t.tgconstraint
    where t.tgisinternal and k.conrelid = ${quoteLiteral(table)}::regclass and k.conname = ${quoteLiteral(constraint)}
  loop execute format('alter table %s ${verb} trigger %I', each.on_table, each.tgname); end loop;
end $$;`;
}

/** How ALTER TABLE sets the state of a trigger or rule. */
export function firing(state: string | undefined): string {
  return { disabled: 'disable', replica: 'enable replica', always: 'enable always' }[state ?? ''] ?? 'enable';
}
