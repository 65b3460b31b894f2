import { quoteIdent, quoteLiteral } from '../quote.ts';
import { type FactKey, keyOf } from './effects.ts';
import { grantStatements } from './grant-statements.ts';
import type { Fact, FactKind, Inventory } from './inventory.ts';

/** Statements about one object; empty if no SQL for the change is known. */
export interface ObjectSql {
  /** The objects that they change. */
  readonly keys: readonly FactKey[];
  readonly sql: readonly string[];
}

/** Objects that are dropped first and created last. */
const order: readonly FactKind[] = [
  'event trigger',
  'publication',
  'default privileges',
  'policy',
  'rule',
  'trigger',
  'view',
  'materialized view',
  'statistics',
  'constraint',
  'index',
  'column',
  'table',
  'sequence',
  'function',
  'domain',
  'type',
  'enum',
  'extension',
  'schema',
];

/**
 * SQL that changes one inventory into the other, object by object, in dependency order. It is built from
 * PostgreSQL's own definitions; the caller must test its effect.
 */
export function statementsBetween(from: Inventory, to: Inventory, defaultSchema: string): ObjectSql[] {
  const [old, now] = [from, to].map(facts => new Map(facts.map(fact => [keyOf(fact), fact]))) as [
    Map<FactKey, Fact>,
    Map<FactKey, Fact>,
  ];
  const write = new Writer(from, defaultSchema);
  const byRank = (a: Fact, b: Fact): number =>
    order.indexOf(a.kind) - order.indexOf(b.kind) || foreignFirst(a, b);
  const removed = from.filter(fact => !now.has(keyOf(fact))).sort(byRank);
  const added = to
    .filter(fact => !old.has(keyOf(fact)))
    .sort((a, b) => byRank(b, a) || (a.position ?? 0) - (b.position ?? 0));
  const changed = to
    .filter(fact => old.has(keyOf(fact)) && !same(old.get(keyOf(fact)) as Fact, fact))
    .sort((a, b) => byRank(b, a));
  const wholes = (facts: readonly Fact[]): Set<string> =>
    new Set(facts.filter(isRelation).map(fact => fact.name));
  const [gone, come] = [wholes(removed), wholes(added)];
  const statements: ObjectSql[] = [];
  for (const fact of removed) {
    if (fact.part !== null && gone.has(fact.name)) continue;
    const inside = isRelation(fact) ? removed.filter(one => one.part !== null && one.name === fact.name) : [];
    statements.push({ keys: [fact, ...inside].map(keyOf), sql: write.drop(fact) });
  }
  for (const fact of [...added, ...changed].sort(
    (a, b) => byRank(b, a) || (a.position ?? 0) - (b.position ?? 0),
  )) {
    const earlier = old.get(keyOf(fact));
    if (earlier) statements.push({ keys: [keyOf(fact)], sql: write.change(earlier, fact) });
    else if (fact.kind === 'column' && come.has(fact.name)) continue;
    else {
      const columns = isRelation(fact)
        ? added.filter(one => one.kind === 'column' && one.name === fact.name)
        : [];
      statements.push({ keys: [fact, ...columns].map(keyOf), sql: write.create(fact, columns) });
    }
  }
  return statements;
}

/** Whether an object has the same properties. */
export function same(a: Fact, b: Fact): boolean {
  const keys = new Set([...Object.keys(a.is), ...Object.keys(b.is)]);
  return [...keys].every(key => a.is[key] === b.is[key]);
}

function isRelation({ kind }: Fact): boolean {
  return kind === 'table' || kind === 'view' || kind === 'materialized view';
}

/** A foreign key is dropped before the key that it references, and created after it. */
function foreignFirst(a: Fact, b: Fact): number {
  const foreign = ({ is }: Fact): number => (/^FOREIGN KEY/.test(is.definition ?? '') ? 0 : 1);
  return foreign(a) - foreign(b);
}

/** Generates the statements of single objects. */
class Writer {
  readonly #from: Inventory;
  readonly #defaultSchema: string;

  constructor(from: Inventory, defaultSchema: string) {
    this.#from = from;
    this.#defaultSchema = defaultSchema;
  }

  drop(fact: Fact): string[] {
    const { kind, part } = fact;
    const name = this.#name(fact);
    switch (kind) {
      case 'column':
        return [`alter table ${name} drop column ${quoteIdent(part as string)};`];
      case 'constraint':
        return [`alter table ${name} drop constraint ${quoteIdent(part as string)};`];
      case 'index':
        return [`drop index ${this.#inSchema(fact, part as string)};`];
      case 'trigger':
      case 'policy':
      case 'rule':
        return [`drop ${kind} ${quoteIdent(part as string)} on ${name};`];
      case 'default privileges':
        return grantStatements(fact, name, fact.is.privileges, undefined);
      case 'function':
        return [`drop ${fact.is.kind ?? 'function'} ${name};`];
      case 'enum':
      case 'type':
        return [`drop type ${name};`];
      case 'cast':
      case 'operator':
        return [];
      case 'table':
        return [`drop ${fact.is.foreign ? 'foreign table' : 'table'} ${name};`];
      default:
        return [`drop ${kind} ${name};`];
    }
  }

  create(fact: Fact, columns: readonly Fact[]): string[] {
    const made = this.#made(fact, columns);
    return made.length === 0
      ? []
      : [
          ...made,
          ...this.#beside({ ...fact, is: {} }, fact),
          ...columns.flatMap(column => this.#beside({ ...column, is: {} }, column)),
        ];
  }

  change(from: Fact, to: Fact): string[] {
    const { kind, part } = to;
    const name = this.#name(to);
    const differs = (key: string): boolean => from.is[key] !== to.is[key];
    const beside = this.#beside(from, to);
    const remade = [...this.drop(from), ...this.#made(to, []), ...this.#beside({ ...to, is: {} }, to)];
    switch (kind) {
      case 'column':
        return [...this.#column(from, to), ...beside];
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
        return fixed.some(differs) ? [] : [...this.#table(from, to), ...beside];
      }
      case 'view':
        return [
          ...(differs('definition') || differs('options')
            ? this.#made(
                { ...to, is: { ...to.is, 'column defaults': '{}', 'column comments': '{}' } },
                [],
              ).map(sql => sql.replace(/^create view/, 'create or replace view'))
            : []),
          ...this.#viewColumns(from, to),
          ...beside,
        ];
      case 'function':
        return differs('definition') ? [...this.#made(to, []), ...beside] : beside;
      case 'enum':
        return differs('values') ? [...this.#enum(from, to), ...beside] : beside;
      case 'domain':
        return ['type', 'collation'].some(differs) ? [] : [...this.#domain(from, to), ...beside];
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
          ...(differs('schema')
            ? [`alter extension ${id} set schema ${quoteIdent(schema ?? 'public')};`]
            : []),
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

  #made(fact: Fact, columns: readonly Fact[]): string[] {
    const { kind, part, is } = fact;
    const name = this.#name(fact);
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
        const lines = columns
          .filter(column => !column.is.inherited)
          .map(column => this.#columnDefinition(column));
        const body = is['partition of']
          ? ` partition of ${is['partition of'].replace(/ (FOR VALUES|DEFAULT)/, ' $1')}`
          : ` (${lines.join(', ')})`;
        return [
          `create ${is.unlogged ? 'unlogged ' : ''}table ${name}${body}${is.inherits ? ` inherits (${is.inherits})` : ''}${is['partition by'] ? ` partition by ${is['partition by']}` : ''};`,
          ...this.#table({ ...fact, is: { ...(is.unlogged && { unlogged: 'yes' }) } }, fact),
        ];
      }
      case 'column':
        return [`alter table ${name} add column ${this.#columnDefinition(fact)};`];
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
          ...this.#viewColumns({ ...fact, is: {} }, fact),
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
  #viewColumns(from: Fact, to: Fact): string[] {
    const name = this.#name(to);
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

  #columnDefinition({ part, is }: Fact): string {
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

  #column(from: Fact, to: Fact): string[] {
    const alter = `alter table ${this.#name(to)} alter column ${quoteIdent(to.part as string)}`;
    const differs = (key: string): boolean => from.is[key] !== to.is[key];
    const { is } = to;
    if (differs('generated') && (is.generated || from.is.generated)) {
      if (!is.generated && from.is.generated?.endsWith('stored')) return [`${alter} drop expression;`];
      return [
        `alter table ${this.#name(to)} drop column ${quoteIdent(to.part as string)};`,
        ...this.#made(to, []),
      ];
    }
    if (differs('inherited')) return [];
    const sql: string[] = [];
    if (from.is.identity && !is.identity) sql.push(`${alter} drop identity;`);
    if (from.is.default && (differs('type') || !is.default)) sql.push(`${alter} drop default;`);
    if (from.is.serial && !is.serial) {
      sql.push(
        `${alter} drop default;`,
        `drop sequence ${this.#inSchema(to, `${bare(to, this.#defaultSchema)}_${to.part}_seq`)};`,
      );
    }
    if (differs('type') || differs('collation')) {
      sql.push(
        `${alter} type ${is.type}${is.collation ? ` collate ${is.collation}` : ''} using ${quoteIdent(to.part as string)}::${is.type};`,
      );
    }
    if (is.default && (differs('default') || differs('type')))
      sql.push(`${alter} set default ${is.default};`);
    if (differs('not null')) sql.push(`${alter} ${is['not null'] ? 'set' : 'drop'} not null;`);
    if (is.identity && differs('identity')) {
      sql.push(
        from.is.identity
          ? `${alter} set generated ${is.identity};`
          : `${alter} add generated ${is.identity} as identity${is.sequence ? ` (${is.sequence})` : ''};`,
      );
    }
    if (is.serial && !from.is.serial) {
      const sequence = this.#inSchema(to, `${bare(to, this.#defaultSchema)}_${to.part}_seq`);
      sql.push(
        `create sequence ${sequence} as ${is['sequence type'] ?? is.type} owned by ${this.#name(to)}.${quoteIdent(to.part as string)};`,
        `${alter} set default nextval(${quoteLiteral(sequence)}::regclass);`,
      );
    } else if (differs('sequence') && from.is.identity && is.identity) {
      sql.push(
        `${alter} ${resetSequence(is.sequence)
          .map(option => `set ${option}`)
          .join(' ')};`,
      );
    } else if (differs('sequence') && is.serial) {
      sql.push(
        `alter sequence ${this.#inSchema(to, `${bare(to, this.#defaultSchema)}_${to.part}_seq`)} ${resetSequence(is.sequence).join(' ')};`,
      );
    }
    if (differs('storage')) sql.push(`${alter} set storage ${is.storage ?? 'default'};`);
    if (differs('compression')) sql.push(`${alter} set compression ${is.compression ?? 'default'};`);
    if (differs('statistics')) sql.push(`${alter} set statistics ${is.statistics ?? -1};`);
    if (differs('options')) {
      const keys = (from.is.options ?? '')
        .split(', ')
        .filter(Boolean)
        .map(option => option.split('=')[0]);
      if (keys.length > 0) sql.push(`${alter} reset (${keys.join(', ')});`);
      if (is.options) sql.push(`${alter} set (${is.options});`);
    }
    return sql;
  }

  #table(from: Fact, to: Fact): string[] {
    const alter = `alter table ${this.#name(to)}`;
    const differs = (key: string): boolean => from.is[key] !== to.is[key];
    const { is } = to;
    const sql: string[] = [];
    if (differs('unlogged')) sql.push(`${alter} set ${is.unlogged ? 'unlogged' : 'logged'};`);
    if (differs('row level security')) {
      const [enabled, forced] = [/^(enabled|forced)$/, /forced/].map(one =>
        one.test(is['row level security'] ?? ''),
      );
      sql.push(
        `${alter} ${enabled ? 'enable' : 'disable'} row level security;`,
        `${alter} ${forced ? '' : 'no '}force row level security;`,
      );
    }
    if (differs('options')) {
      const keys = (from.is.options ?? '')
        .split(', ')
        .filter(Boolean)
        .map(option => option.split('=')[0]);
      if (keys.length > 0) sql.push(`${alter} reset (${keys.join(', ')});`);
      if (is.options) sql.push(`${alter} set (${is.options});`);
    }
    if (differs('replica identity')) {
      const [, index] = /^index (.*)$/.exec(is['replica identity'] ?? '') ?? [];
      sql.push(
        `${alter} replica identity ${index ? `using index ${quoteIdent(index)}` : (is['replica identity'] ?? 'default')};`,
      );
    }
    if (differs('clustered on'))
      sql.push(
        is['clustered on']
          ? `${alter} cluster on ${quoteIdent(is['clustered on'])};`
          : `${alter} set without cluster;`,
      );
    return sql;
  }

  /**
   * A value cannot be removed from an enum: the type is recreated and the columns that use it are changed.
   */
  #enum(from: Fact, to: Fact): string[] {
    const name = this.#name(to);
    const valuesOf = ({ is }: Fact): string[] => (is.values ?? '').match(/'(?:[^']|'')*'/g) ?? [];
    const [before, after] = [valuesOf(from), valuesOf(to)];
    const kept = after.filter(value => before.includes(value));
    if (kept.join() === before.join()) {
      return after.flatMap((value, at) => {
        if (before.includes(value)) return [];
        const next = after.slice(at + 1).find(one => before.includes(one));
        return [`alter type ${name} add value ${value}${next ? ` before ${next}` : ''};`];
      });
    }
    const type = `${to.schema}.${bare(to, this.#defaultSchema)}`;
    const pattern = new RegExp(
      `^"?${to.schema}"?\\."?${bare(to, this.#defaultSchema).replace(/\W/g, '\\$&')}"?(\\[\\])?$`,
    );
    const columns = this.#from.filter(fact => fact.kind === 'column' && pattern.test(fact.is.type ?? ''));
    const old = `${bare(to, this.#defaultSchema)}_old`;
    return [
      `alter type ${name} rename to ${quoteIdent(old)};`,
      `create type ${name} as enum (${to.is.values ?? ''});`,
      ...columns.flatMap(column => {
        const alter = `alter table ${this.#name(column)} alter column ${quoteIdent(column.part as string)}`;
        const array = pattern.exec(column.is.type ?? '')?.[1] ?? '';
        const { default: value } = column.is;
        return [
          ...(value ? [`${alter} drop default;`] : []),
          `${alter} type ${type}${array} using ${quoteIdent(column.part as string)}::text${array}::${type}${array};`,
          ...(value ? [`${alter} set default ${value};`] : []),
        ];
      }),
      `drop type ${this.#inSchema(to, old)};`,
    ];
  }

  #domain(from: Fact, to: Fact): string[] {
    const alter = `alter domain ${this.#name(to)}`;
    const { is } = to;
    const sql: string[] = [];
    if (from.is.default !== is.default)
      sql.push(`${alter} ${is.default ? `set default ${is.default}` : 'drop default'};`);
    if (from.is['not null'] !== is['not null'])
      sql.push(`${alter} ${is['not null'] ? 'set' : 'drop'} not null;`);
    const [before, after] = [new Map(checksOf(from.is.checks)), new Map(checksOf(is.checks))];
    for (const [check, text] of before)
      if (after.get(check) !== text) sql.push(`${alter} drop constraint ${check};`);
    for (const [check, text] of after)
      if (before.get(check) !== text) sql.push(`${alter} add constraint ${check} ${text};`);
    return sql;
  }

  /** Comments, owners, privileges and whether it fires. */
  #beside(from: Fact, to: Fact): string[] {
    const { kind, part, is } = to;
    const differs = (key: string): boolean => from.is[key] !== is[key];
    const name = this.#name(to);
    const object =
      part === null
        ? `${to.is.kind ?? (kind === 'enum' ? 'type' : kind)} ${name}`
        : kind === 'column'
          ? `column ${name}.${quoteIdent(part)}`
          : kind === 'index'
            ? `index ${this.#inSchema(to, part)}`
            : `${kind} ${quoteIdent(part)} on ${name}`;
    const sql: string[] = [];
    if (differs('comment'))
      sql.push(`comment on ${object} is ${is.comment === undefined ? 'null' : quoteLiteral(is.comment)};`);
    if (differs('owner'))
      sql.push(`alter ${object} owner to ${is.owner === undefined ? 'current_user' : quoteIdent(is.owner)};`);
    if (differs('state') && (kind === 'trigger' || kind === 'event trigger')) {
      const verb =
        { disabled: 'disable', replica: 'enable replica', always: 'enable always' }[is.state ?? ''] ??
        'enable';
      sql.push(
        kind === 'trigger'
          ? `alter table ${name} ${verb} trigger ${quoteIdent(part as string)};`
          : `alter event trigger ${name} ${verb};`,
      );
    }
    if (differs('privileges') && kind !== 'default privileges')
      sql.push(
        ...grantStatements(to, kind === 'column' ? `${name}` : name, from.is.privileges, is.privileges),
      );
    return sql;
  }

  #name(fact: Fact): string {
    if (fact.schema === null || fact.kind === 'schema') return quoteIdent(fact.name);
    const name = bare(fact, this.#defaultSchema);
    if (fact.kind !== 'function') return this.#inSchema(fact, name);
    const at = name.indexOf('(');
    return `${this.#inSchema(fact, name.slice(0, at))}${name.slice(at)}`;
  }

  #inSchema({ schema }: Fact, name: string): string {
    // A user runs this SQL, and would find an unqualified name in public.
    return schema === 'public' || schema === null
      ? quoteIdent(name)
      : `${quoteIdent(schema)}.${quoteIdent(name)}`;
  }
}

/** Properties that can be changed without recreating an object. */
const besides = new Set(['comment', 'owner', 'state', 'privileges']);

/** A fact's own name, without the schema. */
function bare({ schema, name }: Fact, defaultSchema: string): string {
  return schema === null || schema === defaultSchema ? name : name.slice(schema.length + 1);
}

function checksOf(text: string | undefined): [string, string][] {
  return (text ?? '')
    .split(/, (?=(?:"[^"]+"|\w+) CHECK )/)
    .filter(Boolean)
    .map(one => {
      const [, name, check] = /^("[^"]+"|\w+) (.*)$/s.exec(one) ?? ['', '', one];
      return [name as string, check as string];
    });
}

function resetSequence(options: string | undefined): string[] {
  const asked = options?.match(/(start|increment|minvalue|maxvalue|cache) -?\d+|cycle/g) ?? [];
  const has = (word: string): boolean => asked.some(option => option.startsWith(word));
  return [
    ...(has('increment') ? [] : ['increment 1']),
    ...(has('minvalue') ? [] : ['no minvalue']),
    ...(has('maxvalue') ? [] : ['no maxvalue']),
    ...(has('start') ? [] : ['start 1']),
    ...(has('cache') ? [] : ['cache 1']),
    ...(has('cycle') ? [] : ['no cycle']),
    ...asked,
  ];
}
