/** One change of the entities, as the source of their list before and after; `$` is the name of its table. */
export interface EntityChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** Renames that the user confirms: `$.old:new`. */
  readonly renames?: readonly string[];
}

const change = (
  what: string,
  before: string,
  after: string,
  more: Partial<EntityChange> = {},
): EntityChange => ({ what, before, after, ...more });

/** A change of the properties of one table. */
const columns = (what: string, before: string, after: string, more?: Partial<EntityChange>): EntityChange =>
  change(what, `table('$', { ${before} })`, `table('$', { ${after} })`, more);

/** A change of the options of one table that has the columns `name`, `n`, `at` and `data`. */
const options = (what: string, before: string, after: string, more?: Partial<EntityChange>): EntityChange => {
  const all = 'name: p.string(), n: p.integer(), at: p.datetime().nullable(), data: p.json().nullable()';
  return change(what, `table('$', { ${all} }, { ${before} })`, `table('$', { ${all} }, { ${after} })`, more);
};

const check = (what: string, before: string, after: string): EntityChange =>
  options(
    `check: ${what}`,
    `checks: [{ name: '$_check', expression: ${JSON.stringify(before)} }]`,
    `checks: [{ name: '$_check', expression: ${JSON.stringify(after)} }]`,
  );

const index = (what: string, before: string, after: string): EntityChange =>
  options(`index: ${what}`, `indexes: [${before}]`, `indexes: [${after}]`);

/** Of one type to another. */
const type = (from: string, to: string): EntityChange =>
  columns(`type: ${from} to ${to}`, `a: p.${from}`, `a: p.${to}`);

/** The start of `entities.ts`: helpers for the lists below. */
export const helpers = `
import { defineEntity, p, sql } from '@mikro-orm/core';
const table = (name: string, properties: any, more: any = {}): any =>
  defineEntity({ name, tableName: name, properties: { id: p.integer().primary(), ...properties }, ...more } as any);
const bare = (name: string, properties: any, more: any = {}): any =>
  defineEntity({ name, tableName: name, properties, ...more } as any);
const view = (name: string, expression: string, more: any = {}): any =>
  defineEntity({ name, tableName: name, view: true, expression, properties: { id: p.integer().primary() }, ...more } as any);
`;

/** Realistic entity changes; each has its own table. */
export const entityChanges: readonly EntityChange[] = [
  // types
  type('string()', 'string().length(100)'),
  type('string().length(50)', 'text()'),
  type('text()', 'string().length(40)'),
  type('integer()', 'bigint()'),
  type('smallint()', 'integer()'),
  type('float()', 'double()'),
  type('decimal().precision(10).scale(2)', 'decimal().precision(12).scale(4)'),
  type('datetime()', 'datetime(3)'),
  type(`datetime().columnType('timestamptz')`, `datetime().columnType('timestamp')`),
  type('date()', 'datetime()'),
  type('time()', `time().columnType('time(3)')`),
  type(`json().columnType('json')`, 'json()'),
  type('uuid()', 'text()'),
  type('integer().array()', 'bigint().array()'),
  type(`string().columnType('char(3)')`, `string().columnType('varchar(3)')`),
  type(`string().columnType('inet')`, `string().columnType('cidr')`),
  columns(
    'columns of every type',
    'a: p.integer()',
    `a: p.integer(), b: p.bigint().nullable(), c: p.smallint().nullable(), d: p.double().nullable(), e: p.float().nullable(),
     f: p.decimal().nullable(), g: p.boolean().nullable(), h: p.character().length(4).nullable(), i: p.uuid().nullable(),
     j: p.text().nullable(), k: p.interval().nullable(), l: p.blob().nullable(), m: p.json().nullable(), n: p.date().nullable(),
     o: p.time().nullable(), q: p.datetime().nullable(), r: p.array().nullable(), s: p.string().nullable(),
     t: p.string().columnType('tsvector').nullable(), u: p.string().columnType('macaddr').nullable(),
     v: p.string().columnType('point').nullable(), w: p.string().columnType('int4range').nullable(),
     x: p.string().columnType('bit(3)').nullable(), y: p.string().columnType('money').nullable(), z: p.tinyint().nullable()`,
  ),
  // columns
  columns('required to nullable', 'a: p.string()', 'a: p.string().nullable()'),
  columns('nullable to required', 'a: p.string().nullable()', 'a: p.string()'),
  columns('a column with a default added', 'a: p.string()', `a: p.string(), b: p.string().default('x')`),
  columns('a column dropped', 'a: p.string(), b: p.integer().nullable()', 'a: p.string()'),
  columns('a column renamed', 'a: p.string()', 'b: p.string()', { renames: ['$.a:b'] }),
  columns('default added', 'a: p.integer()', 'a: p.integer().default(5)'),
  columns('default changed', `a: p.string().default("it's")`, `a: p.string().default('b')`),
  columns('default removed', 'a: p.boolean().default(true)', 'a: p.boolean()'),
  columns('default with its type', 'a: p.integer().default(1)', 'a: p.bigint().default(2)'),
  columns('default of json', `a: p.json().default('{}')`, `a: p.json().default('{"a": [1]}')`),
  columns(
    'a generated column and the new one that it reads',
    'a: p.integer()',
    'a: p.integer(), path: p.string(), depth: p.integer().generated("(length(path) * 2) stored")',
  ),
  columns(
    'default with quotes',
    'a: p.string()',
    `a: p.string().default("it's 'so'"), b: p.string().default("a''b")`,
  ),
  columns(
    'array default with quotes',
    'a: p.integer()',
    `a: p.integer(), b: p.array().default(["it's", 'so'])`,
  ),
  columns(
    'default of an array',
    `a: p.array().defaultRaw("'{}'")`,
    `a: p.array().defaultRaw("array['a', 'b']")`,
  ),
  columns(
    'raw default: a function',
    `a: p.datetime().defaultRaw('now()')`,
    `a: p.datetime().defaultRaw('clock_timestamp()')`,
  ),
  columns(
    'raw default: an expression',
    `a: p.date().defaultRaw('current_date')`,
    `a: p.date().defaultRaw("current_date + interval '1 day'")`,
  ),
  columns(
    'raw default: a cast',
    `a: p.string().defaultRaw("'x'::varchar")`,
    `a: p.string().defaultRaw("upper('x')")`,
  ),
  columns('raw default: uuid', 'a: p.uuid()', `a: p.uuid().defaultRaw('gen_random_uuid()')`),
  columns('raw default: a number', `a: p.decimal().defaultRaw('0')`, `a: p.decimal().defaultRaw('-1.50')`),
  columns('collation', 'a: p.string()', `a: p.string().collation('C')`),
  columns('comment', 'a: p.string()', `a: p.string().comment("it's here")`),
  columns('comment removed', `a: p.string().comment('here')`, 'a: p.string()'),
  columns(
    'a name that is a word of SQL',
    'a: p.string()',
    `a: p.string(), order: p.integer().nullable(), 'Odd "name"': p.string().nullable()`,
  ),
  columns('key to bigint', 'a: p.string()', 'id: p.bigint().primary(), a: p.string()'),
  columns(
    'key to identity',
    'a: p.string()',
    `id: p.integer().primary().generated('by default as identity'), a: p.string()`,
  ),
  columns(
    'key to no number of its own',
    'a: p.string()',
    'id: p.integer().primary().autoincrement(false), a: p.string()',
  ),
  // generated columns
  columns(
    'generated column added',
    'a: p.string()',
    `a: p.string(), b: p.string().generated("(upper(a) || ' x') stored")`,
  ),
  columns(
    'generated column changed',
    `a: p.integer(), b: p.integer().generated('(a * 2) stored')`,
    `a: p.integer(), b: p.integer().generated('(a * 3) stored')`,
  ),
  columns(
    'generated column made plain',
    `a: p.integer(), b: p.integer().generated('(a * 2) stored')`,
    'a: p.integer(), b: p.integer()',
  ),
  columns(
    'column under a generated one',
    `a: p.integer(), b: p.integer().generated('(a + 1) stored').nullable().index()`,
    `a: p.bigint(), b: p.integer().generated('(a + 1) stored').nullable().index()`,
  ),
  columns(
    'generated column dropped',
    `a: p.integer(), b: p.integer().generated('(a * 2) stored')`,
    'a: p.integer()',
  ),
  // enums
  columns('enum as a check, a value more', `a: p.enum(['x', 'y'])`, `a: p.enum(['x', 'y', 'z'])`),
  columns('enum as a check, a value less', `a: p.enum(['x', 'y'])`, `a: p.enum(['x'])`),
  columns('enum as a check to text', `a: p.enum(['x', 'y'])`, 'a: p.text()'),
  columns(
    'native enum added',
    'a: p.string()',
    `a: p.string(), b: p.enum(() => ['x', 'y']).nativeEnumName('$_kind').nullable()`,
  ),
  columns(
    'native enum, a value less',
    `a: p.enum(() => ['x', 'y']).nativeEnumName('$_kind').default('x')`,
    `a: p.enum(() => ['x']).nativeEnumName('$_kind').default('x')`,
  ),
  columns('native enum to text', `a: p.enum(() => ['x', 'y']).nativeEnumName('$_kind')`, 'a: p.text()'),
  columns(
    'native enum dropped',
    `a: p.enum(() => ['x', 'y']).nativeEnumName('$_kind'), b: p.integer()`,
    'b: p.integer()',
  ),
  columns('array of an enum', 'b: p.integer()', `b: p.integer(), a: p.enum(['x', 'y']).array().nullable()`),
  // checks
  check('added words', 'n > 0', 'n > 0 and n < 10'),
  check('between', 'n between 1 and 10', 'n between 1 and 20'),
  check('like', `name like 'a%'`, `name not like 'b_%' or name ilike 'c%'`),
  check('in', `name in ('a', 'b')`, `name in ('a', 'b', 'c')`),
  check('functions', 'length(name) > 2', `coalesce(length(trim(name)), 0) > 2`),
  check(
    'dates and casts',
    `at > '2020-01-01'`,
    `at > '2021-01-01'::timestamptz and extract(year from at) < 3000`,
  ),
  check('case and null', 'at is not null', 'case when n > 1 then at is not null else true end'),
  check('regular expressions and json', `name ~ '^a'`, `name !~* '^[a-c]+$' and (data ->> 'x') is not null`),
  options('check: removed', `checks: [{ name: '$_c', expression: 'n > 0' }]`, ''),
  columns('check of a property', 'a: p.integer()', `a: p.integer().check('a >= 0')`),
  // indexes
  index('added', '', `{ properties: ['name', 'n'] }`),
  index('dropped', `{ properties: ['name'] }`, ''),
  index('unique instead', `{ name: '$_i', properties: ['name'] }`, ''),
  index(
    'partial',
    `{ name: '$_i', properties: ['n'] }`,
    `{ name: '$_i', properties: ['n'], where: 'at is null and n > 3' }`,
  ),
  index(
    'partial with words',
    `{ name: '$_i', properties: ['n'], where: "name = 'a'" }`,
    `{ name: '$_i', properties: ['n'], where: "name in ('a', 'b')" }`,
  ),
  index(
    'expression',
    `{ name: '$_i', expression: 'create index "$_i" on "$" (lower("name"))' }`,
    `{ name: '$_i', expression: 'create index "$_i" on "$" (upper("name"), n desc)' }`,
  ),
  index('method', `{ name: '$_i', properties: ['n'] }`, `{ name: '$_i', properties: ['n'], type: 'hash' }`),
  index('gin on json', '', `{ name: '$_i', properties: ['data'], type: 'gin' }`),
  index(
    'order and nulls',
    `{ name: '$_i', properties: ['n', 'at'] }`,
    `{ name: '$_i', properties: ['n', 'at'], columns: [{ name: 'n', sort: 'desc' }, { name: 'at', nulls: 'first' }] }`,
  ),
  index(
    'include',
    `{ name: '$_i', properties: ['n'] }`,
    `{ name: '$_i', properties: ['n'], include: ['name'] }`,
  ),
  index(
    'fill factor',
    `{ name: '$_i', properties: ['n'] }`,
    `{ name: '$_i', properties: ['n'], fillFactor: 70 }`,
  ),
  index('renamed', `{ name: '$_i', properties: ['n'] }`, `{ name: '$_j', properties: ['n'] }`),
  options('unique added', '', `uniques: [{ properties: ['name', 'n'] }]`),
  options(
    'unique: deferred',
    `uniques: [{ name: '$_u', properties: ['name'] }]`,
    `uniques: [{ name: '$_u', properties: ['name'], deferMode: 'deferred' }]`,
  ),
  options(
    'unique: partial',
    `uniques: [{ name: '$_u', properties: ['name'] }]`,
    `uniques: [{ name: '$_u', properties: ['name'], where: 'n > 0' }]`,
  ),
  options(
    'unique: expression',
    '',
    `uniques: [{ name: '$_u', expression: 'create unique index "$_u" on "$" (lower("name"))' }]`,
  ),
  columns('unique property', 'a: p.string()', 'a: p.string().unique()'),
  // tables
  options('comment of a table', '', `comment: "People's"`),
  options('comment of a table removed', `comment: 'here'`, ''),
  change('table added', '', `table('$', { a: p.string(), b: p.integer().index() }, { comment: 'new' })`),
  change(
    'table dropped',
    `table('$', { a: p.string().default('x'), b: p.integer().index() }, { comment: 'old' })`,
    '',
  ),
  change(
    'table renamed',
    `table('$', { a: p.string(), b: p.integer() })`,
    `table('$_new', { a: p.string(), b: p.integer() })`,
    { renames: ['$:$_new'] },
  ),
  change('schema added', '', `table('$', { a: p.string() }, { schema: '$_app' })`),
  change(
    'table in a schema changed',
    `table('$', { a: p.string() }, { schema: '$_app' })`,
    `table('$', { a: p.text().nullable(), b: p.integer().index().nullable() }, { schema: '$_app' })`,
  ),
  change(
    'table moved to a schema',
    `table('$', { a: p.string() })`,
    `table('$', { a: p.string() }, { schema: '$_app' })`,
  ),
  // keys and relations
  change(
    'composite key',
    `bare('$', { a: p.integer().primary(), b: p.integer().primary() })`,
    `bare('$', { a: p.integer().primary(), b: p.integer().primary(), c: p.string().primary() })`,
  ),
  change(
    'key of another column',
    `bare('$', { id: p.integer().primary(), a: p.uuid() })`,
    `bare('$', { id: p.integer(), a: p.uuid().primary() })`,
  ),
  change(
    'relation added',
    `table('$', { a: p.string() }), table('$_other', { b: p.string() })`,
    `(() => { const other = table('$_other', { b: p.string() }); return [table('$', { a: p.string(), other: () => p.manyToOne(other).nullable() }), other]; })()`,
  ),
  ...(
    [
      ['onDelete', `.deleteRule('cascade')`, `.deleteRule('set null')`],
      ['onUpdate', `.updateRule('cascade')`, `.updateRule('no action')`],
      ['deferred', '', `.deferMode('deferred')`],
      ['without a constraint', '', '.createForeignKeyConstraint(false)'],
      ['required', '', `.default(1)`],
    ] as const
  ).map(([what, before, after]) => {
    const source = (rules: string): string =>
      `(() => { const other = table('$_other', { b: p.string() }); return [table('$', { other: () => p.manyToOne(other).nullable()${rules} }), other]; })()`;
    return change(`relation: ${what}`, source(before), source(after));
  }),
  change(
    'one to one',
    `table('$', { a: p.string() }), table('$_other', { b: p.string() })`,
    `(() => { const other = table('$_other', { b: p.string() }); return [table('$', { a: p.string(), other: () => p.oneToOne(other).owner().nullable() }), other]; })()`,
  ),
  change(
    'many to many',
    `table('$', { a: p.string() }), table('$_other', { b: p.string() })`,
    `(() => { const other = table('$_other', { b: p.string() }); return [table('$', { a: p.string(), others: () => p.manyToMany(other).owner() }), other]; })()`,
  ),
  change(
    'relation to itself',
    `table('$', { a: p.string() })`,
    `(() => { const own: any = table('$', { a: p.string(), parent: () => p.manyToOne(own).nullable().deleteRule('cascade') }); return [own]; })()`,
  ),
  change(
    'relation to a composite key',
    `bare('$_other', { a: p.integer().primary(), b: p.integer().primary() }), table('$', { c: p.string() })`,
    `(() => { const other = bare('$_other', { a: p.integer().primary(), b: p.integer().primary() }); return [table('$', { c: p.string(), other: () => p.manyToOne(other).nullable() }), other]; })()`,
  ),
  change(
    'relation dropped',
    `(() => { const other = table('$_other', { b: p.string() }); return [table('$', { a: p.string(), other: () => p.manyToOne(other) }), other]; })()`,
    `table('$', { a: p.string() }), table('$_other', { b: p.string() })`,
  ),
  // embedded, inheritance
  change(
    'embedded',
    `(() => { const place = defineEntity({ name: '$_place', embeddable: true, properties: { city: p.string(), zip: p.string().nullable() } } as any); return [place, table('$', { home: () => p.embedded(place) })]; })()`,
    `(() => { const place = defineEntity({ name: '$_place', embeddable: true, properties: { city: p.text(), zip: p.string().nullable(), land: p.string().default('x') } } as any); return [place, table('$', { home: () => p.embedded(place), work: () => p.embedded(place).object().nullable() })]; })()`,
  ),
  change(
    'single table inheritance',
    `(() => { const base = table('$', { kind: p.enum(['one', 'two']) }, { discriminatorColumn: 'kind', discriminatorMap: { one: '$_one', two: '$_two' } }); const child = (name: string, properties: any): any => defineEntity({ name, extends: base, properties } as any); return [base, child('$_one', { a: p.string() }), child('$_two', { b: p.integer() })]; })()`,
    `(() => { const base = table('$', { kind: p.enum(['one', 'two', 'three']) }, { discriminatorColumn: 'kind', discriminatorMap: { one: '$_one', two: '$_two', three: '$_three' } }); const child = (name: string, properties: any): any => defineEntity({ name, extends: base, properties } as any); return [base, child('$_one', { a: p.string() }), child('$_two', { b: p.integer(), c: p.text() }), child('$_three', { d: p.json() })]; })()`,
  ),
  change(
    'an inheritor with a table of its own',
    `table('$', { a: p.string() }, { inheritance: 'tpt' })`,
    `(() => { const base = table('$', { a: p.string() }, { inheritance: 'tpt' }); return [base, defineEntity({ name: '$_child', tableName: '$_child', extends: base, properties: { b: p.integer() } } as any)]; })()`,
  ),
  change(
    'an inheritor of a table with a generated key',
    '',
    `(() => { const base = defineEntity({ name: '$', tableName: '$', inheritance: 'tpt', properties: { id: p.integer().primary().autoincrement(), a: p.string() } } as any); return [base, defineEntity({ name: '$_child', tableName: '$_child', extends: base, properties: { b: p.integer().nullable() } } as any)]; })()`,
  ),
  // views
  change(
    'view added',
    `table('$', { a: p.string() })`,
    `table('$', { a: p.string() }), view('$_v', "select id from $ where a like 'x%' and a in ('b', 'c')")`,
  ),
  change(
    'view changed',
    `table('$', { a: p.string() }), view('$_v', "select id from $ where a like 'x%'")`,
    `table('$', { a: p.string() }), view('$_v', "select id from $ where a between 'x' and 'y'")`,
  ),
  change(
    'view with another column',
    `table('$', { a: p.string() }), view('$_v', 'select id from $')`,
    `table('$', { a: p.string() }), view('$_v', 'select id, a from $', { properties: { id: p.integer().primary(), a: p.string() } })`,
  ),
  change(
    'view dropped',
    `table('$', { a: p.string() }), view('$_v', 'select id from $ where length(a) > 3')`,
    `table('$', { a: p.string() })`,
  ),
  change(
    'column under a view',
    `table('$', { a: p.string(), b: p.integer() }), view('$_v', 'select id, b from $')`,
    `table('$', { a: p.string(), b: p.bigint() }), view('$_v', 'select id, b from $')`,
  ),
  change(
    'view on a view whose column changes',
    `table('$', { a: p.string() }), view('$_v', 'select id, a from $')`,
    `table('$', { a: p.text() }), view('$_v', 'select id, a from $'), view('$_w', 'select id from $_v where length(a) > 1')`,
  ),
  change(
    'view in the middle of others',
    `table('$', { a: p.string(), b: p.integer() }), view('$_v', 'select id, a from $'), view('$_w', 'select id, a from $_v where id > 1'), view('$_x', 'select $_w.id from $_w join $_v using (id)')`,
    `table('$', { a: p.string(), b: p.integer() }), view('$_v', "select id, a, b from $ where a <> ''"), view('$_w', 'select id, a from $_v where id > 1'), view('$_x', 'select $_w.id from $_w join $_v using (id)')`,
  ),
  change(
    'column type of a view that another reads',
    `table('$', { a: p.integer() }), view('$_v', 'select id, a from $'), view('$_w', 'select id, a from $_v')`,
    `table('$', { a: p.integer() }), view('$_v', 'select id, a::text as a from $'), view('$_w', 'select id, a from $_v')`,
  ),
  change(
    'materialized view',
    `table('$', { a: p.string() }), view('$_v', 'select id from $', { view: { materialized: true } })`,
    `table('$', { a: p.string() }), view('$_v', 'select id from $ where id > 5', { view: { materialized: true } })`,
  ),
  // triggers, policies, partitions
  options(
    'trigger added',
    '',
    `triggers: [{ name: '$_touch', timing: 'before', events: ['insert', 'update'], body: 'new.n := new.n + 1; return new;' }]`,
  ),
  options(
    'trigger changed',
    `triggers: [{ name: '$_touch', timing: 'before', events: ['update'], body: 'new.n := 1; return new;' }]`,
    `triggers: [{ name: '$_touch', timing: 'before', events: ['update'], body: 'new.n := 2; return new;', when: 'new.n > 3' }]`,
  ),
  options(
    'trigger dropped',
    `triggers: [{ name: '$_touch', timing: 'after', events: ['delete'], forEach: 'statement', body: 'return null;' }]`,
    '',
  ),
  options(
    'row security',
    '',
    `rowLevelSecurity: true, policies: [{ name: '$_own', command: 'select', using: 'name = current_user' }]`,
  ),
  options(
    'policy changed',
    `policies: [{ name: '$_own', using: 'n > 1' }]`,
    `policies: [{ name: '$_own', using: 'n between 1 and 3', check: "name in ('a', 'b')" }], rowLevelSecurity: 'force'`,
  ),
  options('policy dropped', `policies: [{ name: '$_own', using: 'n > 1' }]`, ''),
  change(
    'partitioned table',
    '',
    `bare('$', { id: p.integer().primary(), at: p.datetime().primary() }, { partitionBy: { type: 'range', expression: 'at', partitions: [{ name: '$_2026', values: "from ('2026-01-01') to ('2027-01-01')" }] } })`,
  ),
];
