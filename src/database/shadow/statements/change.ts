import { quoteIdent, quoteLiteral } from '../../quote.ts';
import type { Fact } from '../inventory.ts';
import { alterBeside, besides } from './beside.ts';
import { alterColumn } from './column.ts';
import { created, made, viewColumns } from './create.ts';
import { dropped } from './drop.ts';
import { alterForeign } from './foreign.ts';
import { commentOn, inSchema, type Place, quotedName } from './names.ts';
import { alterOptions } from './options.ts';
import { alterSequence } from './sequence.ts';
import { alterTable } from './table.ts';
import { alterSearch } from './text-search.ts';
import { alterComposite, alterDomain, alterEnum } from './types.ts';
import { alterMaterialized, columnComments } from './view.ts';

/** Changes an object into another of the same name; empty when no SQL is known. */
export function changed(at: Place, from: Fact, to: Fact): string[] {
  const { kind, part } = to;
  const name = quotedName(at, to);
  const differs = (key: string): boolean => from.is[key] !== to.is[key];
  const beside = alterBeside(at, from, to);
  switch (kind) {
    case 'column':
      return [...alterColumn(at, from, to), ...beside];
    case 'table': {
      const fixed = ['partition by', 'of type', 'foreign', 'access method', 'tablespace'];
      return fixed.some(differs) ? [] : [...alterTable(at, from, to), ...beside];
    }
    case 'view':
      return [
        ...(differs('definition') || differs('options')
          ? made(
              at,
              {
                ...to,
                is: { ...to.is, 'column defaults': '{}', 'column comments': '{}', 'column privileges': '{}' },
              },
              [],
            ).map(sql => sql.replace(/^create view/, 'create or replace view'))
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
      return differs('definition') ? remade(at, from, to) : beside;
    case 'sequence':
      return [...alterSequence(at, from, to), ...beside];
    case 'materialized view':
      return ['definition', 'access method', 'tablespace'].some(differs)
        ? remadeWithIndexes(at, from, to)
        : [...alterMaterialized(at, from, to), ...beside];
    case 'text search configuration':
    case 'text search dictionary':
      return [...alterSearch(at, from, to), ...beside];
    case 'constraint': {
      const valid = (from.is.definition ?? '').replace(/ NOT VALID$/, '');
      if (differs('definition') && valid === to.is.definition) {
        return [`alter table ${name} validate constraint ${quoteIdent(part as string)};`, ...beside];
      }
      // Whether its triggers fire: created again, it is true of all rows.
      const enabled = differs('state') && !to.is.state && /^FOREIGN KEY/.test(to.is.definition ?? '');
      if (differs('definition') || differs('tablespace') || enabled) return remade(at, from, to);
      return [
        ...(differs('options')
          ? alterOptions(`alter index ${inSchema(to, part as string)}`, from.is.options, to.is.options)
          : []),
        ...(differs('index comment')
          ? [commentOn(`index ${inSchema(to, part as string)}`, to.is['index comment'])]
          : []),
        ...beside,
      ];
    }
    case 'type':
      if (to.is.definition === undefined || from.is.definition === undefined)
        return differs('range') || differs('base') ? remade(at, from, to) : beside;
      return [...alterComposite(at, from, to), ...columnComments(at, from, to), ...beside];
    case 'foreign server':
    case 'foreign-data wrapper': {
      const sql = [...alterForeign(at, from, to), ...beside];
      return sql.length > 0 ? sql : remade(at, from, to);
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
        ? remade(at, from, to)
        : beside;
  }
}

/** Rows of a materialized view are read again; its indexes are dropped with it. */
function remadeWithIndexes(at: Place, from: Fact, to: Fact): string[] {
  const indexes = at.to.filter(({ kind, name }) => kind === 'index' && name === to.name);
  return [...dropped(at, from), ...created(at, to, []), ...indexes.flatMap(index => created(at, index, []))];
}

/** Drops an object and creates it again; empty when no SQL is known, or if rows were lost. */
export function remade(at: Place, from: Fact, to: Fact): string[] {
  if (['table', 'column', 'schema', 'extension', 'sequence', 'enum', 'materialized view'].includes(to.kind))
    return [];
  const again = created(at, to, []);
  return again.length > 0 ? [...dropped(at, from), ...again] : [];
}
