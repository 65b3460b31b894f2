import { quoteIdent, quoteLiteral } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { alterBeside } from './beside.ts';
import { checksOf } from './checks.ts';
import { createForeign, foreignOptions } from './foreign.ts';
import { commentOn, inSchema, type Place, quotedName } from './names.ts';
import { entriesThatDiffer } from './property-map.ts';
import { alterTable } from './table.ts';
import { alterSearch } from './text-search.ts';
import { commentsOnChecks } from './types.ts';
import { unqualified } from './unqualified.ts';
import { usualPrivileges } from './usual-privileges.ts';
import { alterMaterialized, columnComments, columnPrivileges } from './view.ts';

/** Creates an object and sets its comment, owner and privileges; empty when no SQL is known. */
export function created(at: Place, fact: Fact, columns: readonly Fact[]): string[] {
  const sql = made(at, fact, columns);
  return sql.length === 0
    ? []
    : [
        ...sql,
        // Before another owner, whose own privileges these then are.
        ...alterBeside(at, { ...fact, is: usualPrivileges(at, fact) }, { ...fact, is: {} }),
        ...alterBeside(at, { ...fact, is: {} }, fact),
        // Its owner has to be the table's.
        ...(fact.kind === 'sequence' && fact.is['owned by']
          ? [`alter sequence ${quotedName(at, fact)} owned by ${fact.is['owned by']};`]
          : []),
        ...columns.flatMap(column => alterBeside(at, { ...column, is: {} }, column)),
      ];
}

/** Creates an object, without what can be set on any object. */
export function made(at: Place, fact: Fact, columns: readonly Fact[]): string[] {
  return creation(at, fact, columns).map(sql => unqualified(at, fact.kind, sql));
}

function creation(at: Place, fact: Fact, columns: readonly Fact[]): string[] {
  const { kind, part, is } = fact;
  const name = quotedName(at, fact);
  const definition = is.definition ?? '';
  const part_ = quoteIdent(part ?? '');
  switch (kind) {
    case 'schema':
      return [`create schema ${name};`];
    case 'extension':
      return [
        `create extension ${name}${is.schema ? ` schema ${quoteIdent(is.schema)}` : ''}${is.version ? ` version ${quoteLiteral(is.version)}` : ''};`,
      ];
    case 'table': {
      if (is['of type']) {
        return [
          `create ${is.unlogged ? 'unlogged ' : ''}table ${name} of ${is['of type']}${typedColumns(columns)};`,
          ...alterTable(at, { ...fact, is: pick(is, ['unlogged', 'of type']) }, fact),
        ];
      }
      const lines = columns.filter(column => !column.is.inherited).map(column => columnDefinition(column));
      const body = is['partition of']
        ? ` partition of ${is['partition of'].replace(/ (FOR VALUES|DEFAULT)/, ' $1')}`
        : ` (${lines.join(', ')})`;
      return [
        `create ${is.foreign ? 'foreign ' : is.unlogged ? 'unlogged ' : ''}table ${name}${body}${is.inherits ? ` inherits (${is.inherits})` : ''}${is['partition by'] ? ` partition by ${is['partition by']}` : ''}${is.foreign ? ` server ${is.foreign}${foreignOptions(fact)}` : ''};`,
        ...alterTable(
          at,
          { ...fact, is: pick(is, ['unlogged', 'partition of', 'inherits', 'foreign options']) },
          fact,
        ),
      ];
    }
    case 'column':
      return [`alter table ${name} add column ${columnDefinition(fact)};`];
    case 'constraint':
      return [
        `alter table ${name} add constraint ${part_} ${definition};`,
        ...(is.options ? [`alter index ${inSchema(fact, part as string)} set (${is.options});`] : []),
        ...(is['index comment']
          ? [commentOn(`index ${inSchema(fact, part as string)}`, is['index comment'])]
          : []),
      ];
    case 'index':
      // One whose build did not finish may be on rows that violate it.
      return [
        `${is.invalid ? definition.replace(/^CREATE UNIQUE/, 'CREATE') : definition.replace(/^(CREATE (?:UNIQUE )?INDEX (?:"[^"]*(?:""[^"]*)*"|[^" ]+) ON )ONLY /, '$1')};`,
      ];
    case 'sequence':
      return [
        `create ${is.unlogged ? 'unlogged ' : ''}sequence ${name} as ${is.type}${is.definition ? ` ${is.definition}` : ''};`,
      ];
    case 'view':
    case 'materialized view': {
      return [
        `create ${kind} ${name}${is.options ? ` with (${is.options})` : ''} as ${definition.trim().replace(/;$/, '')};`,
        ...(kind === 'view'
          ? viewColumns(at, { ...fact, is: {} }, fact)
          : alterMaterialized(at, { ...fact, is: { ...(is.options && { options: is.options }) } }, fact)),
      ];
    }
    case 'enum':
      return [`create type ${name} as enum (${is.values ?? ''});`];
    case 'domain':
      return [
        [
          `create domain ${name} as ${is.type}`,
          is.collation && `collate ${is.collation}`,
          is.default && `default ${is.default}`,
          is['not null'] && 'not null',
          ...checksOf(is.checks).map(([check, text]) => `constraint ${check} ${text}`),
        ]
          .filter(Boolean)
          .join(' ')
          .concat(';'),
        ...commentsOnChecks(at, { ...fact, is: {} }, fact),
      ];
    case 'type':
      if (is.range) return [`create type ${name} as range (${is.range});`];
      if (is.base) return is.base === 'shell' ? [`create type ${name};`] : [];
      return [`create type ${name} as (${definition});`, ...columnComments(at, { ...fact, is: {} }, fact)];
    case 'foreign server':
    case 'foreign-data wrapper':
      return createForeign(at, fact);
    case 'operator': {
      const open = name.lastIndexOf('(');
      return [`create operator ${name.slice(0, open)} (${definition});`];
    }
    case 'operator family':
      return definition === '' ? [`create operator family ${name};`] : [];
    case 'collation':
    case 'text search parser':
    case 'text search template':
      return [`create ${kind} ${name} (${definition});`];
    case 'conversion': {
      const rest = definition.replace(/^default /, '');
      return [`create ${rest === definition ? '' : 'default '}conversion ${name} ${rest};`];
    }
    case 'access method': {
      const [type, handler] = definition.split(' handler ');
      return [`create access method ${name} type ${type} handler ${handler};`];
    }
    case 'transform':
      return [`create transform ${name} (${definition});`];
    case 'language':
      return [`create ${is.trusted ? 'trusted ' : ''}language ${name} ${definition};`];
    case 'function':
      return [
        is.kind === 'aggregate'
          ? `create or replace aggregate ${name} (${definition});`
          : `${definition.trim()};`,
      ];
    case 'cast':
      return [
        `create cast (${fact.name}) ${{ inout: 'with inout', 'no function': 'without function' }[is.with ?? ''] ?? `with function ${is.with}`}${is.context ? ` as ${is.context}` : ''};`,
      ];
    case 'text search configuration':
      return [
        `create text search configuration ${name} (parser = ${quoteIdent(is.parser ?? 'default')});`,
        ...alterSearch(at, { ...fact, is: {} }, fact),
      ];
    case 'text search dictionary':
      return [
        `create text search dictionary ${name} (${[`template = ${is.template}`, is.options].filter(Boolean).join(', ')});`,
      ];
    case 'trigger':
    case 'statistics':
    case 'rule':
      return [`${definition.replace(/;$/, '')};`];
    case 'policy':
      return [`create policy ${part_} on ${name} ${definition};`];
    case 'event trigger':
      return [`create event trigger ${name} ${definition};`];
    case 'publication': {
      const tables =
        definition === 'all tables'
          ? ' for all tables'
          : definition === ''
            ? ''
            : definition.startsWith('tables in')
              ? ` for ${definition}`
              : ` for table ${definition}`;
      const options = [
        is.operations && `publish = ${quoteLiteral(is.operations)}`,
        is['via root'] && 'publish_via_partition_root',
        is['generated columns'] && `publish_generated_columns = ${is['generated columns']}`,
      ].filter(Boolean);
      return [
        `create publication ${name}${tables}${options.length > 0 ? ` with (${options.join(', ')})` : ''};`,
      ];
    }
    case 'default privileges':
      return grantStatements(fact, name, undefined, is.privileges);
    default:
      return [];
  }
}

/** Comments and defaults of a view's columns. */
export function viewColumns(at: Place, from: Fact, to: Fact): string[] {
  return [
    ...entriesThatDiffer(from, to, 'column defaults').map(
      ([column, , value]) =>
        `alter view ${quotedName(at, to)} alter column ${quoteIdent(column)} ${value === undefined ? 'drop default' : `set default ${value}`};`,
    ),
    ...columnComments(at, from, to),
    ...columnPrivileges(at, from, to),
  ];
}

/** The columns of a table of a type, which has their types. */
function typedColumns(columns: readonly Fact[]): string {
  const lines = columns.flatMap(({ part, is }) => {
    const more = [is.default && `default ${is.default}`, is['not null'] && 'not null'].filter(Boolean);
    return more.length > 0 ? [`${quoteIdent(part as string)} with options ${more.join(' ')}`] : [];
  });
  return lines.length > 0 ? ` (${lines.join(', ')})` : '';
}

const pick = (is: Fact['is'], keys: readonly string[]): Fact['is'] =>
  Object.fromEntries(Object.entries(is).filter(([key]) => keys.includes(key)));

function columnDefinition(column: Fact): string {
  const { part, is } = column;
  const serial = is.serial ? (is.type ?? '').replace(/^(small|big)?int(eger)?$/, '$1serial') : null;
  return [
    quoteIdent(part as string),
    (serial ?? is.type ?? '') + foreignOptions(column),
    is.collation && `collate ${is.collation}`,
    is.generated &&
      `generated always as (${is.generated.replace(/ (stored|virtual)$/, '')}) ${is.generated.endsWith('virtual') ? 'virtual' : 'stored'}`,
    is.identity && `generated ${is.identity} as identity${is.sequence ? ` (${is.sequence})` : ''}`,
    is.default && `default ${is.default}`,
    is['not null'] && 'not null',
  ]
    .filter(Boolean)
    .join(' ');
}
