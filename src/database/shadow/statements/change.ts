import { quoteIdent, quoteLiteral } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { alterBeside, besides } from './beside.ts';
import { alterColumn } from './column.ts';
import { made, viewColumns } from './create.ts';
import { dropped } from './drop.ts';
import { type Place, quotedName } from './names.ts';
import { alterTable } from './table.ts';
import { alterDomain, alterEnum } from './types.ts';

/** Changes an object into another of the same name; empty when no SQL is known. */
export function changed(at: Place, from: Fact, to: Fact): string[] {
  const { kind, part } = to;
  const name = quotedName(at, to);
  const differs = (key: string): boolean => from.is[key] !== to.is[key];
  const beside = alterBeside(at, from, to);
  const remade = [...dropped(at, from), ...made(at, to, []), ...alterBeside(at, { ...to, is: {} }, to)];
  switch (kind) {
    case 'column':
      return [...alterColumn(at, from, to), ...beside];
    case 'table': {
      const fixed = [
        'partition by',
        'partition of',
        'inherits',
        'of type',
        'foreign',
        'access method',
        'tablespace',
      ];
      return fixed.some(differs) ? [] : [...alterTable(at, from, to), ...beside];
    }
    case 'view':
      return [
        ...(differs('definition') || differs('options')
          ? made(at, { ...to, is: { ...to.is, 'column defaults': '{}', 'column comments': '{}' } }, []).map(
              sql => sql.replace(/^create view/, 'create or replace view'),
            )
          : []),
        ...viewColumns(at, from, to),
        ...beside,
      ];
    case 'function':
      return differs('definition') ? [...made(at, to, []), ...beside] : beside;
    case 'enum':
      return differs('values') ? [...alterEnum(at, from, to), ...beside] : beside;
    case 'domain':
      return ['type', 'collation'].some(differs) ? [] : [...alterDomain(at, from, to), ...beside];
    case 'trigger':
    case 'rule':
    case 'event trigger':
      return differs('definition') ? remade : beside;
    case 'constraint': {
      const valid = (from.is.definition ?? '').replace(/ NOT VALID$/, '');
      if (differs('definition') && valid === to.is.definition) {
        return [`alter table ${name} validate constraint ${quoteIdent(part as string)};`, ...beside];
      }
      return differs('definition') || differs('options') ? remade : beside;
    }
    case 'extension': {
      const { version, schema } = to.is;
      const id = quoteIdent(to.name);
      return [
        ...(differs('schema') ? [`alter extension ${id} set schema ${quoteIdent(schema ?? 'public')};`] : []),
        ...(differs('version')
          ? [`alter extension ${id} update${version ? ` to ${quoteLiteral(version)}` : ''};`]
          : []),
      ];
    }
    default:
      return Object.keys({ ...from.is, ...to.is }).some(key => differs(key) && !besides.has(key))
        ? remade
        : beside;
  }
}
