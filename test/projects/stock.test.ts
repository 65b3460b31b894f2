import { describe, expect, test } from 'vitest';
import { makeProject, stockCli } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { answer, stockNames, upgraded } from './support.ts';

/*
 * A project whose twenty migrations were all created by the stock CLI: no declarations, a snapshot, tsx as
 * the loader.
 */

const names = Array.from(
  { length: 20 },
  (_, index) => `Migration202601${String(index + 1).padStart(2, '0')}101500`,
);

const source = (name: string, index: number): string => `import { Migration } from '@mikro-orm/migrations';

export class ${name} extends Migration {

  override async up(): Promise<void> {
    this.addSql(\`create table "t${index}" ("id" serial primary key, "name" varchar(255) not null);\`);
    this.addSql(\`alter table "t${index}" add constraint "t${index}_name_unique" unique ("name");\`);
  }

  override async down(): Promise<void> {
    this.addSql(\`drop table if exists "t${index}" cascade;\`);
  }

}
`;

describe('a project of the stock CLI', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: Object.fromEntries(names.map((name, index) => [name, source(name, index)])),
    files: {
      [`migrations/.snapshot-${database.name}.json`]: JSON.stringify({
        namespaces: ['public'],
        name: 'public',
        tables: [],
      }),
    },
  });
  const before = await project.list('migrations');

  test("is one inferred line, in MikroORM's order", async () => {
    const { rows } = await answer(project, ['history']);
    expect(rows.map(({ id }: { id: string }) => id)).toEqual(names.toReversed());
    expect(rows[0]).toMatchObject({
      inferred: true,
      revises: [names[18]],
      state: 'pending',
      marks: ['head'],
    });
    expect(rows[19]).toMatchObject({ inferred: true, revises: [] });
    expect(await database.query('select 1 from pg_tables where schemaname = $1', ['public'])).toEqual([]);
  });

  test('what migtui ran, the stock CLI lists', async () => {
    const { steps, tips } = await upgraded(project, names[11]);
    expect(steps.map(({ revision }: { revision: string }) => revision)).toEqual(names.slice(0, 12));
    expect(tips).toEqual([names[11]]);
    expect(await stockNames(project, 'list')).toEqual(names.slice(0, 12));
    expect(await stockNames(project, 'pending')).toEqual(names.slice(12));
  });

  test('what the stock CLI ran and reverted, migtui sees', async () => {
    expect((await stockCli(project, ['migration:up'])).code).toBe(0);
    expect(await answer(project, ['status'])).toMatchObject({
      code: 0,
      applied: 20,
      current: [names[19]],
      pending: [],
    });
    expect((await stockCli(project, ['migration:down', '--to', names[17] as string])).code).toBe(0);
    expect(await answer(project, ['status'])).toMatchObject({
      code: 0,
      current: [names[17]],
      pending: names.slice(18),
      missing: [],
    });
  });

  test('nothing in the project was changed', async () => {
    expect(await project.list('migrations')).toEqual(before);
  });
});
