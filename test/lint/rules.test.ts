import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { withRules } from '../../scripts/safety-rules.ts';
import { Linter, unresolved } from '../../src/lint/lint.ts';
import { type RuleId, rules } from '../../src/lint/rules/all.ts';
import { Schema } from '../../src/lint/schema.ts';
import { loadParser } from '../../src/safety/parse.ts';
import type { Finding } from '../../src/values/findings.ts';
import { repository } from '../support/project.ts';
import { linterOnSchema, lintResult, samples, server, step } from './lint-sample.ts';
import type { Sample } from './statements.ts';

beforeAll(loadParser);

const severe = (findings: readonly Finding[]): string[] =>
  [...new Set(findings.filter(({ severity }) => severity !== 'note').map(({ rule }) => rule))].sort();

const notes = (sample: Sample): string[] =>
  lintResult(sample)
    .filter(({ severity }) => severity === 'note')
    .map(({ rule }) => rule);

test('docs/safety.md has every rule as it is (node scripts/safety-rules.ts)', async () => {
  const page = await readFile(join(repository, 'docs/safety.md'), 'utf8');
  expect(page).toBe(withRules(page));
});

describe('dangers and warnings', () => {
  test.each(samples)('$before $sql', sample => {
    expect(severe(lintResult(sample))).toEqual([...(sample.rules ?? [])].sort());
  });
});

/** Rules without a sample, because they are notes, or need another server or another context. */
const others: readonly (readonly [RuleId, fires: Sample, silent: Sample])[] = [
  [
    'unique-index-can-fail',
    { sql: 'create unique index concurrently on users (uid)', alone: true },
    { sql: 'create index concurrently on users (uid)', alone: true },
  ],
  [
    'concurrent-in-transaction',
    { sql: 'create index concurrently on users (age)' },
    { sql: 'create index concurrently on users (age)', alone: true },
  ],
  ['concurrent-in-transaction', { sql: 'vacuum users' }, { sql: 'analyze users' }],
  [
    'invalid-index-kept',
    { sql: 'create index concurrently if not exists q on users (age)', alone: true },
    { sql: 'create index concurrently q on users (age)', alone: true },
  ],
  [
    'drop-index-locks',
    { sql: 'drop index users_indexed' },
    { sql: 'drop index concurrently users_indexed', alone: true },
  ],
  [
    'duplicate-index',
    { sql: 'create index on users (indexed)' },
    { sql: 'create index on users (indexed, age)' },
  ],
  [
    'wide-index',
    { sql: 'create index on users (age, nn, name, code)' },
    { sql: 'create index on users (age, nn, name)' },
  ],
  [
    'foreign-key-locks',
    { sql: 'alter table hollow add foreign key (user_id) references users (id)' },
    { sql: 'alter table hollow add check (id > 1)' },
  ],
  [
    'validate-can-fail',
    { sql: 'alter table users validate constraint unproven_set' },
    { sql: 'alter table users validate constraint age_positive' },
  ],
  [
    'brief-lock',
    { sql: 'alter table users add column x int' },
    { before: 'create table fresh (id int)', sql: 'alter table fresh add column x int' },
  ],
  [
    'update-many',
    { sql: 'update users set name = email where age > 3' },
    { sql: 'update users set name = email where id = 3' },
  ],
  [
    'refresh-needs-unique-index',
    { before: 'drop index totals_org', sql: 'refresh materialized view concurrently totals' },
    { sql: 'refresh materialized view concurrently totals' },
  ],
  [
    'detach-partition-locks',
    { sql: 'alter table events detach partition events_2025' },
    { sql: 'alter table events detach partition events_2025 concurrently', alone: true },
  ],
  [
    'enum-value-used',
    { before: "alter type mood add value 'great'", sql: "update users set mood = 'great' where id = 1" },
    { before: "create type mood2 as enum ('a'); alter type mood2 add value 'great'", sql: "select 'great'" },
  ],
  ['extension-update', { sql: 'alter extension plpgsql update' }, { sql: 'create extension plpgsql' }],
  ['unparsable', { sql: 'alter tabel users' }, { sql: 'alter table users add column y int' }],
  [
    'dynamic-sql',
    { sql: 'do $$ declare q text; begin execute q; end $$' },
    { sql: "do $$ begin execute 'select 1'; end $$" },
  ],
  [
    'dynamic-sql',
    { sql: "do language plperl $$ spi_exec_query('drop table users') $$" },
    { sql: 'do $$ begin null; end $$' },
  ],
  ['ends-transaction', { sql: 'commit' }, { sql: 'savepoint s' }],
  ['no-lock-timeout', { sql: 'set lock_timeout = 0' }, { sql: "set lock_timeout = '2s'" }],
  ['changes-server', { sql: 'alter role postgres set work_mem = 1000' }, { sql: 'set work_mem = 1000' }],
  [
    'identifier-too-long',
    { sql: `alter table users add column ${'x'.repeat(64)} int` },
    { sql: `alter table users add column ${'x'.repeat(63)} int` },
  ],
  [
    'char-column',
    { sql: 'create table t (id int primary key, c char(3))' },
    { sql: 'create table t (id int primary key, c varchar(3))' },
  ],
  [
    'timestamp-without-zone',
    { sql: 'alter table users add column x timestamp' },
    { sql: 'alter table users add column x timestamptz' },
  ],
  [
    'small-primary-key',
    { sql: 'create table t (id serial primary key)' },
    { sql: 'create table t (id bigserial primary key)' },
  ],
  [
    'small-primary-key',
    { sql: 'create table t (id int generated always as identity primary key)' },
    { sql: 'create table t (id int primary key)' },
  ],
  [
    'serial-column',
    { sql: 'create table t (id serial primary key)' },
    { sql: 'create table t (id int generated always as identity primary key)' },
  ],
  [
    'money-column',
    { sql: 'alter table users add column x money' },
    { sql: 'alter table users add column x numeric' },
  ],
  [
    'table-without-primary-key',
    { sql: 'create table t (id int)' },
    { sql: 'create table t (id int primary key)' },
  ],
  [
    'missing-foreign-key-index',
    { sql: 'alter table users add foreign key (org_id) references orgs not valid' },
    {
      sql: 'alter table users add foreign key (org_id) references orgs not valid; create index on users (org_id, age)',
    },
  ],
];

describe('both sides of each boundary', () => {
  test.each(others)('%s', (rule, fires, silent) => {
    expect(lintResult(fires).map(one => one.rule)).toContain(rule);
    expect(lintResult(silent).map(one => one.rule)).not.toContain(rule);
  });

  test('every rule is reported for some statement, and not for others', () => {
    const fired = new Set([...samples.flatMap(({ rules = [] }) => rules), ...others.map(([rule]) => rule)]);
    // These concern the revision, or an older server.
    for (const rule of ['incomplete', 'no-way-back', 'newer-server']) fired.add(rule);
    expect(Object.keys(rules).filter(rule => !fired.has(rule))).toEqual([]);
  });
});

describe('the state before a statement', () => {
  test('a validated check avoids the scan of set not null, whoever created it', () => {
    const linter = linterOnSchema();
    linter.replay(step(['alter table users add constraint c check (age is not null) not valid']));
    linter.endTransaction();
    linter.replay(step(['alter table users validate constraint c']));
    linter.endTransaction();
    const found = linter.lint(step(['alter table users alter column age set not null']));
    expect(severe(found.map(({ finding }) => finding))).toEqual([]);
  });

  test('a lock that is held during several long statements is reported once', () => {
    const sql = [
      'alter table keyless add column x int',
      'update orders set place = place',
      'create index on users (age)',
      'create index on orders (place)',
    ];
    const held = linterOnSchema()
      .lint(step(sql))
      .flatMap(({ finding: { rule, table, place, message } }) =>
        rule === 'lock-held' ? [[table, place.index, message.slice(message.indexOf('until'))]] : [],
      );
    expect(held).toEqual([
      ['keyless', 1, 'until this statement on orders and 2 later ones finish.'],
      ['users', 3, 'until this statement on orders finishes.'],
    ]);
  });

  test('a foreign key whose index a later revision adds needs none', () => {
    const linter = linterOnSchema();
    const found = linter.lint(step(['alter table users add foreign key (org_id) references orgs not valid']));
    const rulesNow = (): string[] => unresolved(found, linter.schema).map(({ finding }) => finding.rule);
    expect(rulesNow()).toContain('missing-foreign-key-index');
    linter.endTransaction();
    linter.lint(step(['create index concurrently on users (org_id)'], { transactional: false }));
    expect(rulesNow()).not.toContain('missing-foreign-key-index');
  });

  test('a lock is released with its transaction', () => {
    const linter = linterOnSchema();
    linter.replay(step(['alter table users add constraint c check (age is not null) not valid']));
    linter.endTransaction();
    const found = linter.lint(step(['alter table users validate constraint c']));
    expect(severe(found.map(({ finding }) => finding))).toEqual([]);
  });

  test('objects of the plan are in use once it is finished', () => {
    const linter = linterOnSchema();
    linter.replay(step(['create table fresh (id int primary key, name text)']));
    const index = step(['create index on fresh (name)']);
    const before = linter.lint(index).map(({ finding }) => finding);
    linter.markInUse();
    const after = linter.lint(index).map(({ finding }) => finding);
    expect([severe(before), severe(after)]).toEqual([[], ['index-blocks-writes']]);
  });

  test.each([
    ['drop view active_users; create view active_users as select id from users', 'drop-view'],
    [
      'drop function slow_number(); create function slow_number() returns int language sql as $$ select 3 $$',
      'drop-function',
    ],
  ])('%s: replacing in one transaction breaks no client', (sql, rule) => {
    expect(severe(lintResult({ sql }))).toEqual([]);
    expect(severe(lintResult({ sql, alone: true }))).toEqual([rule]);
  });

  test('without a lock timeout a brief ACCESS EXCLUSIVE is a warning', () => {
    expect(
      severe(lintResult({ before: 'set lock_timeout = 0', sql: 'alter table users add column x int' })),
    ).toEqual(['brief-lock']);
  });

  test.each([
    ['alter table users add constraint a not null age not valid', 18],
    ['alter table users add column x int generated always as (age) virtual', 18],
    ['alter table users set access method heap', 15],
    ['merge into orgs o using users u on u.id = o.id when matched then do nothing', 15],
    [
      'create or replace trigger users_touch before insert on users for each row execute function touch()',
      14,
    ],
  ])('%s needs PostgreSQL %i', (sql, version) => {
    const rulesOn = (version: number) => lintResult({ sql }, { ...server, version }).map(({ rule }) => rule);
    expect([
      rulesOn(version - 1).includes('newer-server'),
      rulesOn(version).includes('newer-server'),
    ]).toEqual([true, false]);
  });

  test('timestamps with and without zone have the same bytes only in UTC', () => {
    const sql = 'alter table users alter column created type timestamp';
    expect(severe(lintResult({ sql }, { ...server, utc: false }))).toEqual(['type-change-rewrites']);
    expect(severe(lintResult({ sql }))).toEqual([]);
  });

  test('a downgrade that only reverts the upgrade is a note', () => {
    const up = step([
      'create table fresh (id int primary key)',
      'alter table users add column x int',
      'alter table users alter column nn drop not null',
    ]);
    const down = step(
      ['drop table fresh', 'alter table users drop column x', 'alter table users drop column age'],
      { action: 'down' },
    );
    const found = linterOnSchema()
      .lintBoth(up, down)
      .map(({ finding }) => finding);
    const back = found
      .filter(({ action }) => action === 'down')
      .map(({ rule, severity, message }) => [rule, severity, /\w+\.\w+/.exec(message)?.[0]]);
    expect(back).toEqual([
      ['drop-table', 'note', undefined],
      ['drop-column', 'note', 'users.x'],
      ['drop-column', 'danger', 'users.age'],
    ]);
  });
});

describe('what PostgreSQL refuses', () => {
  const refusals = (before: string, sql: string): string[] =>
    lintResult({ before, sql }).flatMap(({ rule, message }) => (rule === 'cannot-run' ? [message] : []));

  test.each([
    ['select 1', 'alter table users add column age int', 'users.age already exists: this fails.'],
    [
      'select 1',
      'drop table orgs',
      'The foreign key orders_org of orders depends on orgs: without CASCADE, this fails.',
    ],
    [
      'create view ages as select age from users; create view years as select age from users',
      'alter table users alter column age type bigint',
      'The view ages, the view years depend on users.age, and PostgreSQL does not change its type then: this fails.',
    ],
    [
      'alter table users rename column age to years',
      'alter table users alter column age set not null',
      'users.age does not exist: this fails.',
    ],
  ])('%s; %s', (before, sql, message) => {
    expect(refusals(before, sql)).toEqual([message]);
  });

  test.each([
    // Something may have changed the schema in between.
    [`do $$ begin execute current_setting('own.sql'); end $$`, 'alter table users add column age int'],
    ['do $$ begin if now() is null then drop table keyless; end if; end $$', 'alter table keyless add x int'],
    ['select make_partitions()', 'create index on events_2030 (id)'],
    ['create extension postgis', 'update spatial_ref_sys set srid = 1'],
    ['set search_path to elsewhere', 'alter table things add x int'],
    // PostgreSQL chooses other names.
    [
      'alter table users add check (age > score)',
      'alter table users add constraint users_age_score_check check (true)',
    ],
    // Dropped or replaced in the same statement or transaction.
    ['drop table orgs cascade', 'create table orgs (id int primary key); drop table orgs'],
    ['drop view active_users', 'alter table users alter column proven type bigint'],
    ['select 1', 'alter table keyless drop column body, add column body int'],
    ['select 1', 'alter table users add column y int, alter column y set default 1'],
    ['select 1', 'truncate orgs, orders'],
    ['select 1', 'drop table if exists nowhere'],
    ['select 1', 'delete from pg_enum where false'],
    ['create table copied as table keyless', 'alter table copied alter column body set not null'],
    ['alter table events add column z int', 'create index on events_2025 (z)'],
    ['create cast (text as int) with inout as assignment', 'alter table users alter column name type int'],
  ])('nothing is reported where it is not certain: %s; %s', (before, sql) => {
    expect(refusals(before, sql)).toEqual([]);
  });

  test('without a database, a table that no revision created may exist', () => {
    const linter = new Linter(new Schema(), { server, lockTimeout: true });
    const found = linter.lint(step(['alter table nowhere add column x int']));
    expect(found.map(({ finding }) => finding.rule)).not.toContain('cannot-run');
  });
});

test('a downgrade reads the rows that were written since the upgrade emptied the table', () => {
  const found = linterOnSchema().lintBoth(
    step(['truncate keyless']),
    step(['create index on keyless (body)'], { action: 'down' }),
  );
  const down = found.map(({ finding }) => finding).filter(({ action }) => action === 'down');
  expect(severe(down)).toEqual(['index-blocks-writes']);
});

describe('accepting findings', () => {
  const sql = 'alter table users drop column age';
  const severity = (source: string | null, text = sql) =>
    linterOnSchema()
      .lint(step([text], { source }))
      .map(({ finding }) => [finding.severity, finding.accepted]);

  test('a comment of the migration accepts a rule, with a reason', () => {
    expect(severity('  // migtui: accept drop-column, rename-column because nobody reads it')).toEqual([
      ['note', 'nobody reads it'],
    ]);
    expect(severity('  /* migtui: accept drop-column because nobody reads it */')).toEqual([
      ['note', 'nobody reads it'],
    ]);
  });

  test('a comment of the statement accepts it only there', () => {
    expect(severity(null, `-- migtui: accept drop-column because old\n${sql}`)).toEqual([['note', 'old']]);
    const two = linterOnSchema().lint(
      step([`-- migtui: accept drop-column because old\n${sql};\nalter table users drop column name`]),
    );
    expect(two.map(({ finding }) => finding.severity)).toEqual(['note', 'danger']);
  });

  test.each([
    '// migtui: accept drop-column',
    '// migtui: accept rename-column because x',
    "const x = 'migtui: accept drop-column because x'",
  ])('%s accepts nothing', source => {
    expect(severity(source)).toEqual([['danger', undefined]]);
  });
});

test('any text is linted without an error', () => {
  const words = samples.flatMap(({ sql }) => sql.split(/\s+/));
  const text = fc
    .array(fc.constantFrom(...words, ';', '$$', "'", '('), { maxLength: 12 })
    .map(some => some.join(' '));
  fc.assert(
    fc.property(text, sql => {
      const found = linterOnSchema().lint(step([sql]));
      expect(found.every(({ finding }) => finding.message !== '' && finding.rule in rules)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('notes mention what blocks no one for long', () => {
  expect(notes({ sql: 'drop index users_indexed' })).toEqual(['drop-index-locks']);
});

test('a table that dynamic SQL names at run time is not reported under another name', () => {
  const sql = `do $$ declare t text := 'users'; begin execute format('alter table %I alter column age set not null', t); end $$`;
  const [finding] = lintResult({ sql });
  expect(finding).toMatchObject({ rule: 'not-null-scans', table: null });
  expect(finding?.message).toContain('a table named at run time');
});
