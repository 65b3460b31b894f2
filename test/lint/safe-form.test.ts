import { beforeAll, expect, test } from 'vitest';
import { safeForm } from '../../src/lint/safe-form.ts';
import { loadParser } from '../../src/safety/parse.ts';

beforeAll(loadParser);

const always = () => true;
const phases = (up: string[], down: string[] = []) =>
  safeForm(up, down, always)?.phases.map(({ up, down, transactional }) => ({ up, down, transactional }));

test('an index is built concurrently in a revision of its own', () => {
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

test('not null comes after a validated check, which then goes', () => {
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

test('what takes it back goes along', () => {
  const form = safeForm(
    ['alter table t add constraint c check (a > 0)', 'create index i on t (a)'],
    ['drop index i', 'alter table t drop constraint c', 'alter table t drop column b'],
    always,
  );
  expect(form?.leavingDown).toEqual(['drop index i', 'alter table t drop constraint c']);
});

test.each([
  'drop table t',
  'create index on t (a)',
  'create index concurrently i on t (a)',
  'alter table t add check (a > 0)',
  'alter table t add constraint c check (a > 0), add column b int',
  'alter table t alter column a type int',
  'not sql',
])('%s stays as it is', sql => {
  expect(safeForm([sql], [], always)).toBeNull();
});

test('what is no danger stays where it is', () => {
  expect(safeForm(['create index i on t (a)'], [], () => false)).toBeNull();
});
