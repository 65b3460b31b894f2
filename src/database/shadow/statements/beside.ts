import { quoteIdent, quoteLiteral } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { inSchema, type Place, quotedName } from './names.ts';

/** Properties that can be changed without recreating an object. */
export const besides = new Set(['comment', 'owner', 'state', 'privileges']);

/** Comments, owners, privileges and whether it fires. */
export function alterBeside(at: Place, from: Fact, to: Fact): string[] {
  const { kind, part, is } = to;
  const differs = (key: string): boolean => from.is[key] !== is[key];
  const name = quotedName(at, to);
  const object =
    part === null
      ? `${to.is.kind ?? (kind === 'enum' ? 'type' : kind)} ${name}`
      : kind === 'column'
        ? `column ${name}.${quoteIdent(part)}`
        : kind === 'index'
          ? `index ${inSchema(to, part)}`
          : `${kind} ${quoteIdent(part)} on ${name}`;
  const sql: string[] = [];
  if (differs('comment'))
    sql.push(`comment on ${object} is ${is.comment === undefined ? 'null' : quoteLiteral(is.comment)};`);
  if (differs('owner'))
    sql.push(`alter ${object} owner to ${is.owner === undefined ? 'current_user' : quoteIdent(is.owner)};`);
  if (differs('state') && (kind === 'trigger' || kind === 'event trigger')) {
    const verb =
      { disabled: 'disable', replica: 'enable replica', always: 'enable always' }[is.state ?? ''] ?? 'enable';
    sql.push(
      kind === 'trigger'
        ? `alter table ${name} ${verb} trigger ${quoteIdent(part as string)};`
        : `alter event trigger ${name} ${verb};`,
    );
  }
  if (differs('privileges') && kind !== 'default privileges')
    sql.push(...grantStatements(to, kind === 'column' ? `${name}` : name, from.is.privileges, is.privileges));
  return sql;
}
