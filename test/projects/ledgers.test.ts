import { describe, expect, test } from 'vitest';
import { makeProject, stockCli } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { answer, failure, upgraded } from './support.ts';

/* The migrations table, with all locations in configs and with other writers. */

const one = 'Migration20260101000000_one';
const two = 'Migration20260102000000_two';
const migrations = {
  [one]: { up: 'create table "one" ()', down: 'drop table "one"' },
  [two]: { up: 'create table "two" ()', down: 'drop table "two"' },
};

test.each([
  ['a camelCase name', { migrationsConfig: `tableName: 'appMigrations'` }, 'public', 'appMigrations'],
  ['a table name with a schema', { migrationsConfig: `tableName: 'Ops.Log'` }, 'Ops', 'Log'],
  ['migrations.schema', { migrationsConfig: `schema: 'camelOps'` }, 'camelOps', 'mikro_orm_migrations'],
  ['config.schema', { config: `schema: 'tenant'` }, 'tenant', 'mikro_orm_migrations'],
  // MikroORM's own default overrides it.
  ['?schema= of the URL', { url: '?schema=fromUrl' }, 'public', 'mikro_orm_migrations'],
  [
    'migrations.schema over the others',
    { config: `schema: 'tenant'`, migrationsConfig: `schema: 'ops', tableName: 'other.log'` },
    'ops',
    'log',
  ],
] as const)('%s: migtui and the stock CLI use the same table', async (_, options, schema, table) => {
  const database = await createDatabase();
  const url = database.url + ('url' in options ? options.url : '');
  const project = await makeProject({ migrations, ...options, url, typescript: false });
  await upgraded(project, '+1');
  expect(
    await database.query(`select schemaname, tablename from pg_tables where tablename = $1`, [table]),
  ).toEqual([{ schemaname: schema, tablename: table }]);
  const up = await stockCli(project, ['migration:up']);
  expect(up, up.stderr).toMatchObject({ code: 0 });
  expect(await answer(project, ['status'])).toMatchObject({
    code: 0,
    applied: 2,
    current: [two],
    pending: [],
  });
});

describe('a table shared by several modules, with old rows', async () => {
  const database = await createDatabase();
  const project = await makeProject({ url: database.url, migrations, typescript: false });
  await database.query(`
    create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now());
    create table "one" ();
    insert into mikro_orm_migrations (name) values
      ('Migration20250101000000_billing'), ('${one}.ts'), ('${one}.js'), ('Migration20260101000000_ONE'), ('${one}');`);
  const names = async () =>
    (await database.query<{ name: string }>('select name from mikro_orm_migrations order by id')).map(
      row => row.name,
    );

  test('rows of other modules are missing here, but do not block', async () => {
    const others = ['Migration20250101000000_billing', 'Migration20260101000000_ONE'];
    expect(await answer(project, ['status'])).toMatchObject({
      code: 0,
      current: [one],
      pending: [two],
      missing: others,
    });
    await upgraded(project);
    expect((await names()).at(-1)).toBe(two);
    expect((await stockCli(project, ['migration:pending'])).stdout).not.toContain('Migration2026');

    const down = await answer(project, ['downgrade', '-2', '--yes']);
    expect(down.error).toBeUndefined();
    expect(down.steps.map(({ revision }: { revision: string }) => revision)).toEqual([two, one]);
    expect(await names()).toEqual(others);
  });

  test('a target known only to the database differs from an unknown one', async () => {
    expect(await failure(project, ['downgrade', 'Migration20250101000000_billing', '--yes'])).toMatchObject({
      code: 'missing-revision',
      message: expect.stringMatching(/Migration20250101000000_billing.*[Rr]estore the file/s),
    });
    expect(await failure(project, ['upgrade', 'Migration2026010200000_two', '--yes'])).toMatchObject({
      code: 'unknown-target',
      message: expect.stringContaining(two),
    });
    expect(await failure(project, ['upgrade', 'Migration2026', '--yes'])).toMatchObject({
      code: 'ambiguous-target',
      candidates: [one, two],
    });
  });
});
