import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { projectOf } from '../authoring/support.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';

/*
 * Each safe form that lint --fix drafts is written and run: up on a server with rows, then down and up again.
 * Its resulting schema and rows are those of the original revision.
 */

const base = 'Migration20260101000000_base';
const next = 'Migration20260102000000_next';
const made = [
  'create table items (id uuid primary key default gen_random_uuid(), "Size" int, note text not null, kind varchar(20))',
  'create table notes (id int primary key, text text)',
  'create table pairs ("A" uuid, b text, n int not null, old int, primary key ("A", b))',
  'create table words (word text primary key, n int)',
  'create table loose (n int, body text)',
  'create table marked (mark varchar(40) not null unique, n int)',
];
const rows = `insert into items ("Size", note, kind) select n, 'note ' || n, 'k' from generate_series(1, 25000) n;
  insert into notes values (1, 'a');
  insert into pairs select gen_random_uuid(), 'b' || n % 7, n, n from generate_series(1, 25000) n;
  insert into words select 'w' || n, n from generate_series(1, 25000) n;
  insert into loose select n, repeat('x', 500) from generate_series(1, 25000) n;
  insert into marked select md5(n::text), n from generate_series(1, 25000) n`;

interface Case {
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** The names of the new revisions, in order. */
  readonly phases: readonly string[];
  /** Compares the result, one row. */
  readonly ask: string;
  /** A description of the difference in the resulting schema; undefined: none. */
  readonly differs?: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  'an update goes in batches': {
    up: [
      'alter table items add column total int',
      `update items set total = "Size" * 2 where note <> 'note 3' or kind is null`,
    ],
    down: ['alter table items drop column total'],
    phases: ['backfill'],
    ask: 'select sum(total)::text as sum, count(total)::int as n from items',
  },
  'an update with an alias goes in batches, and not null is checked after it': {
    up: [
      'alter table items add column total int',
      'update items as i set total = coalesce(i."Size", 0)',
      'alter table items alter column total set not null',
    ],
    down: ['alter table items drop column total'],
    phases: ['backfill', 'not_valid', 'validate', 'finish'],
    ask: 'select sum(total)::text as sum, count(*)::int as n from items',
  },
  'a default that differs from row to row is filled in': {
    up: ['alter table items add column token uuid default gen_random_uuid() not null'],
    down: ['alter table items drop column token'],
    phases: ['expand', 'backfill', 'not_valid', 'validate', 'finish'],
    ask: 'select count(distinct token)::int as n from items',
  },
  'a column that is dropped goes last': {
    up: ['alter table notes add column b int', 'alter table items drop column kind'],
    down: ['alter table items add column kind varchar(20)', 'alter table notes drop column b'],
    phases: ['contract'],
    ask: 'select count(*)::int as n from items',
  },
  'a table that is dropped goes last': {
    up: ['alter table items add column x int', 'drop table notes'],
    down: ['create table notes (id int primary key, text text)', 'alter table items drop column x'],
    phases: ['contract'],
    ask: 'select count(*)::int as n from items',
  },
  'a table that is renamed keeps its old name as a view for a while': {
    up: ['alter table items rename to things'],
    down: ['alter table things rename to items'],
    phases: ['expand', 'contract'],
    ask: 'select count(*)::int as n from things',
  },
  'a column that is renamed is there under both names for a while': {
    up: ['alter table items rename column note to remark'],
    down: ['alter table items rename column remark to note'],
    phases: ['expand', 'backfill', 'not_valid', 'validate', 'finish', 'contract'],
    ask: 'select min(remark) as a, max(remark) as b, count(remark)::int as n from items',
  },
  'another type is filled into another column': {
    up: ['alter table "items" alter column "Size" type bigint using ("Size"::bigint)'],
    down: ['alter table items alter column "Size" type int'],
    phases: ['expand', 'backfill', 'contract'],
    ask: 'select sum("Size")::text as sum, pg_typeof(min("Size"))::text as type from items',
  },
  'batches by a key of several columns': {
    up: ['alter table pairs add column total int', 'update pairs p set total = p.n * 2 where p.n <> 5'],
    down: ['alter table pairs drop column total'],
    phases: ['backfill'],
    ask: 'select sum(total)::text as sum, count(total)::int as n from pairs',
  },
  'a column of a table with a key of several columns gets another type': {
    up: ['alter table pairs alter column old type bigint'],
    down: ['alter table pairs alter column old type int'],
    phases: ['expand', 'backfill', 'contract'],
    ask: 'select sum(old)::text as sum, pg_typeof(min(old))::text as type from pairs',
  },
  'batches by a key of text': {
    up: ['alter table words add column total int', 'update words set total = n + 1'],
    down: ['alter table words drop column total'],
    phases: ['backfill'],
    ask: 'select sum(total)::text as sum, count(total)::int as n from words',
  },
  'batches by a unique column that is required': {
    up: ['alter table marked rename column n to count'],
    down: ['alter table marked rename column count to n'],
    phases: ['expand', 'backfill', 'contract'],
    ask: 'select sum(count)::text as sum, count(count)::int as n from marked',
  },
  'without a key batches by page': {
    up: ['alter table loose add column token uuid default gen_random_uuid() not null'],
    down: ['alter table loose drop column token'],
    phases: ['expand', 'backfill', 'not_valid', 'validate', 'finish'],
    ask: 'select count(distinct token)::int as n from loose',
  },
  'without a key a column gets another name': {
    up: ['alter table loose rename column n to number'],
    down: ['alter table loose rename column number to n'],
    phases: ['expand', 'backfill', 'contract'],
    ask: 'select sum(number)::text as sum, count(number)::int as n from loose',
  },
};

test.each(sampled(Object.entries(cases)))('%s', async (_, { up, down, phases, ask, differs }) => {
  const [safe, plain] = await Promise.all([createDatabase(), createDatabase()]);
  const url = safe.url;
  const migrations = {
    [base]: { up: made, down: made.toReversed().map(sql => sql.replace(/create (table \w+).*/, 'drop $1')) },
  };
  const project = await projectOf({ url, migrations });
  const using = async <T>(
    work: (engine: Awaited<ReturnType<typeof openEngine>>) => Promise<T>,
  ): Promise<T> => {
    const engine = await openEngine({ root: project.root }, () => {});
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  };
  const go = (command: 'upgrade' | 'downgrade', target: string) =>
    using(async engine => {
      const { failure } = await engine.run(await engine.preview({ command, targets: [target] }), {});
      expect(failure).toBeNull();
    });
  await go('upgrade', 'head');
  await safe.query(rows);
  await project.addMigration(next, { up, down });
  const draft = await using(async engine => {
    const drafted = await engine.draftFix('head');
    await engine.write(drafted);
    return drafted;
  });
  expect(
    draft.files.slice(1).map(({ path }) => path.replace(/^.*\d{14}_next_?/, '').replace('.ts', '')),
  ).toEqual(phases);
  const rehearsed = draft.notes.find(note => note.startsWith('Rehearsed')) ?? '';
  if (differs) expect(rehearsed).toMatch(differs);
  else expect(rehearsed).toContain('the schema at the end is the same');
  for (const statement of [...made, rows, ...up]) await plain.query(statement);
  const expected = await plain.query(ask);
  await go('upgrade', 'head');
  expect(await safe.query(ask)).toEqual(expected);
  await go('downgrade', base);
  await go('upgrade', 'head');
  expect((await safe.query<{ n: number }>('select count(*)::int as n from mikro_orm_migrations'))[0]?.n).toBe(
    phases.length + 2,
  );
  await Promise.all([safe.drop(), plain.drop()]);
});
