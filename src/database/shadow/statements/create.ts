import { quoteIdent, quoteLiteral } from '../../quote.ts';
import { grantStatements } from '../grant-statements.ts';
import type { Fact } from '../inventory.ts';
import { alterBeside } from './beside.ts';
import { checksOf } from './checks.ts';
import { type Place, quotedName } from './names.ts';
import { alterTable } from './table.ts';

/** Creates an object and sets its comment, owner and privileges; empty when no SQL is known. */
export function created(at: Place, fact: Fact, columns: readonly Fact[]): string[] {
  const sql = made(at, fact, columns);
  return sql.length === 0
    ? []
    : [
        ...sql,
        ...alterBeside(at, { ...fact, is: {} }, fact),
        ...columns.flatMap(column => alterBeside(at, { ...column, is: {} }, column)),
      ];
}

/** Creates an object, without what can be set on any object. */
export function made(at: Place, fact: Fact, columns: readonly Fact[]): string[] {
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
      if (is.foreign || is['of type']) return [];
      const lines = columns.filter(column => !column.is.inherited).map(column => columnDefinition(column));
      const body = is['partition of']
        ? ` partition of ${is['partition of'].replace(/ (FOR VALUES|DEFAULT)/, ' $1')}`
        : ` (${lines.join(', ')})`;
      return [
        `create ${is.unlogged ? 'unlogged ' : ''}table ${name}${body}${is.inherits ? ` inherits (${is.inherits})` : ''}${is['partition by'] ? ` partition by ${is['partition by']}` : ''};`,
        ...alterTable(at, { ...fact, is: { ...(is.unlogged && { unlogged: 'yes' }) } }, fact),
      ];
    }
    case 'column':
      return [`alter table ${name} add column ${columnDefinition(fact)};`];
    case 'constraint':
      return [`alter table ${name} add constraint ${part_} ${definition};`];
    case 'index':
      // One whose build did not finish may be on rows that violate it.
      return [`${is.invalid ? definition.replace(/^CREATE UNIQUE/, 'CREATE') : definition};`];
    case 'sequence':
      return [
        `create ${is.unlogged ? 'unlogged ' : ''}sequence ${name} as ${is.type}${is.definition ? ` ${is.definition}` : ''}${is['owned by'] ? ` owned by ${is['owned by']}` : ''};`,
      ];
    case 'view':
    case 'materialized view': {
      return [
        `create ${kind} ${name}${is.options ? ` with (${is.options})` : ''} as ${definition.trim().replace(/;$/, '')};`,
        ...viewColumns(at, { ...fact, is: {} }, fact),
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
      ];
    case 'type':
      if (is.range || is.base) return [];
      return [`create type ${name} as (${definition});`];
    case 'function':
      return is.kind === 'aggregate' ? [] : [`${definition.trim()};`];
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
      return [
        `create publication ${name}${tables}${is.operations ? ` with (publish = ${quoteLiteral(is.operations)})` : ''};`,
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
  const name = quotedName(at, to);
  const changed = (key: string): [column: string, value: string | undefined][] => {
    const [old, now] = [from, to].map(({ is }) => JSON.parse(is[key] ?? '{}') as Record<string, string>);
    return Object.keys({ ...old, ...now })
      .filter(column => old?.[column] !== now?.[column])
      .map(column => [column, now?.[column]]);
  };
  return [
    ...changed('column defaults').map(
      ([column, value]) =>
        `alter view ${name} alter column ${quoteIdent(column)} ${value === undefined ? 'drop default' : `set default ${value}`};`,
    ),
    ...changed('column comments').map(
      ([column, text]) =>
        `comment on column ${name}.${quoteIdent(column)} is ${text === undefined ? 'null' : quoteLiteral(text)};`,
    ),
  ];
}

function columnDefinition({ part, is }: Fact): string {
  const serial = is.serial ? (is.type ?? '').replace(/^(small|big)?int(eger)?$/, '$1serial') : null;
  return [
    quoteIdent(part as string),
    serial ?? is.type,
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
