import { quoteIdent } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { inSchema, nounOf, type Place, quotedName } from './names.ts';

/** Drops an object; empty when no SQL is known. */
export function dropped(at: Place, fact: Fact): string[] {
  const { kind, part } = fact;
  const name = quotedName(at, fact);
  switch (kind) {
    case 'column':
      return [`alter table ${name} drop column ${quoteIdent(part as string)};`];
    case 'constraint':
      return [`alter table ${name} drop constraint ${quoteIdent(part as string)};`];
    case 'index':
      return [`drop index ${inSchema(fact, part as string)};`];
    case 'trigger':
    case 'policy':
    case 'rule':
      return [`drop ${kind} ${quoteIdent(part as string)} on ${name};`];
    case 'default privileges':
      return grantStatements(fact, name, fact.is.privileges, undefined);
    case 'function':
      return [`drop ${fact.is.kind ?? 'function'} ${name};`];
    case 'table':
      return [`drop ${fact.is.foreign ? 'foreign table' : 'table'} ${name};`];
    default:
      return [`drop ${nounOf(kind)} ${name};`];
  }
}
