import { expect, test } from 'vitest';
import { Linter } from '../../src/lint/lint.ts';
import { safeForm, whyNoSafeForm } from '../../src/lint/safe-form.ts';
import { Schema } from '../../src/lint/schema.ts';
import { anyServer } from '../../src/lint/server.ts';
import { loadParser } from '../../src/safety/parse.ts';

await loadParser();

const always = () => true;
const phases = (up: string[], down: string[] = []) =>
  safeForm(up, down, always)?.phases.map(({ up, down, transactional }) => ({ up, down, transactional }));

test('an index is built concurrently in a separate revision', () => {
  expect(phases(['create unique index "i" on "t" ("a");'])).toEqual([
    {
      up: ['create unique index concurrently "i" on "t" ("a")'],
      down: ['drop index concurrently if exists "i"'],
      transactional: false,
    },
  ]);
});

test('a foreign key is added not valid, and validated in the next revision', () => {
  const sql = 'alter table "t" add constraint "f" foreign key ("a") references "o" ("id")';
  expect(phases([`${sql};`])?.map(({ up }) => up)).toEqual([
    [`${sql} not valid`],
    ['alter table "t" validate constraint "f"'],
  ]);
});

test('not null comes after a validated check, which is then dropped', () => {
  expect(phases(['alter table t alter column a set not null'])?.map(({ up }) => up)).toEqual([
    ['alter table "t" add constraint "a_not_null_check" check ("a" is not null) not valid'],
    ['alter table "t" validate constraint "a_not_null_check"'],
    ['alter table "t" alter column "a" set not null', 'alter table "t" drop constraint "a_not_null_check"'],
  ]);
});

test('a unique constraint takes over an index that was built concurrently', () => {
  expect(phases(['alter table "t" add constraint "u" unique ("a", "b")'])?.map(({ up }) => up)).toEqual([
    ['create unique index concurrently "u" on "t" ("a", "b")'],
    ['alter table "t" add constraint "u" unique using index "u"'],
  ]);
});

test('the statements of the downgrade move along', () => {
  const form = safeForm(
    ['alter table t add constraint c check (a > 0)', 'create index i on t (a)'],
    ['drop index i', 'alter table t drop constraint c', 'alter table t drop column b'],
    always,
  );
  expect(form?.removedDown).toEqual(['drop index i', 'alter table t drop constraint c']);
});

test.each([
  'drop table t',
  'create index on t (a)',
  'create index concurrently i on t (a)',
  'alter table t add check (a > 0)',
  'alter table t add constraint c check (a > 0), add column b int',
  'alter table t alter column a type int',
  'not sql',
])('%s is not changed', sql => {
  expect(safeForm([sql], [], always)).toBeNull();
});

test('statements without danger stay in place', () => {
  expect(safeForm(['create index i on t (a)'], [], () => false)).toBeNull();
});

/** The schema after these statements. */
function after(...sql: string[]): Schema {
  const linter = new Linter(new Schema(), { server: anyServer, lockTimeout: true });
  const plain = { complete: true, note: null, transactional: true, source: null, file: null };
  linter.replay({ revision: 'M', action: 'up', sql, ...plain });
  return linter.schema;
}

const made = after(
  'create table t (id int primary key, a int, b int not null default 1, c text)',
  'create index on t (c)',
  'create table keyless (a int)',
  'create table pair (x int, y int, a int, primary key (x, y))',
  'create table uniquely (x text not null unique, a int)',
  'create table perhaps (x text unique, a int)',
  'create table parent (a int)',
  'create table child () inherits (parent)',
);
const whats = (...up: string[]) => safeForm(up, [], always, () => made)?.phases.map(({ what }) => what);

test.each([
  ['update t set a = b'],
  ['update t set a = 1 where c is null or (select true)'],
  ["update t as x set a = 1 where x.c = ')'"],
])('%s is done in batches', sql => {
  const [phase] = safeForm([sql], [], always, () => made)?.phases ?? [];
  expect(phase).toMatchObject({ what: 'backfill', transactional: false, down: [] });
  expect(phase?.up[0]).toMatch(/where .*"id" between migtui_low and migtui_high;/);
});

test.each([
  ['update pair as p set a = 1', /where \("p"."x", "p"."y"\) >= \(migtui_low_1, migtui_low_2\) and/],
  ['update uniquely set a = 1', /where "x" between/],
  [
    'alter table pair add column z uuid default gen_random_uuid()',
    /\("x", "y"\) > \(migtui_high_1, migtui_high_2\)/,
  ],
  ['alter table keyless add column z uuid default gen_random_uuid()', /ctid >= /],
  ['alter table perhaps rename column a to b', /ctid >= /],
])('%s iterates by the existing key', (sql, words) => {
  const { phases = [] } = safeForm([sql], [], always, () => made) ?? {};
  expect(phases.find(({ what }) => what === 'backfill')?.up[0]).toMatch(words);
});

test.each([
  ['update keyless set a = 1', 'has no primary key and no unique index'],
  ['update perhaps set a = 1', 'has no primary key and no unique index'],
  ['update pair set y = 1', 'changes the key'],
  ['update t set a = a + 1', 'reads the columns that it writes'],
  ['update t set a = 1 returning a', 'RETURNING'],
  ['alter table parent add column z uuid default gen_random_uuid()', 'more than one part'],
])('%s says why it has no safe form', (sql, words) => {
  expect(whyNoSafeForm(sql, made)).toContain(words);
});

test('a condition stays one condition', () => {
  const [phase] = safeForm(['update t set a = 1 where a = 2 or b = 3'], [], always, () => made)?.phases ?? [];
  expect(phase?.up[0]).toContain('where (a = 2 or b = 3) and "id" between');
});

test.each([
  // Running it twice would have a different effect.
  'update t set a = a + 1',
  'update t set a = 1, b = a',
  'update t set a = (select max(a) from t)',
  'update t set id = 1',
  // There is no single-column key to iterate by.
  'update keyless set a = 1',
  'update pair set a = 1, x = 2',
  'update unknown set a = 1',
  'update t set a = keyless.a from keyless',
  'update t set a = 1 returning a',
  // An index, a default, or a custom expression.
  'alter table t rename column c to d',
  'alter table t rename column b to d',
  'alter table t alter column a type text using (a + 1)',
  'alter table t add column x uuid default gen_random_uuid() unique',
])('%s has no safe form', sql => {
  expect(whats(sql)).toBeUndefined();
});

test('drops come last, and a revision that only drops is not changed', () => {
  expect(whats('alter table t drop column a')).toBeUndefined();
  expect(whats('alter table t drop column a', 'drop table keyless')).toBeUndefined();
  expect(whats('alter table t drop column a', 'create index i on t (b)')).toEqual([
    'concurrently',
    'contract',
  ]);
});

test('the downgrade of moved statements moves with them', () => {
  const form = safeForm(
    ['alter table t add column x int', 'alter table t drop column a'],
    ['alter table t add column a int;', 'alter table t drop column x'],
    sql => sql.includes('drop'),
    () => made,
  );
  expect(form?.removedDown).toEqual(['alter table t add column a int;']);
  expect(form?.phases.at(-1)).toMatchObject({ what: 'contract', down: ['alter table t add column a int'] });
});

test('statements that finish a column of the downgrade move with it', () => {
  const down = [
    `alter table t alter column b drop default`,
    `alter table t add column a int not null default 0`,
    `alter table t alter column a drop default`,
    `alter table t alter column b drop not null`,
  ];
  const form = safeForm(
    ['alter table t add column x int', 'alter table t drop column a'],
    down,
    always,
    () => made,
  );
  expect(form?.removedDown).toEqual(down.slice(1, 3));
  expect(form?.phases.at(-1)?.down).toEqual(down.slice(1, 3));
});
