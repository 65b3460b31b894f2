import { expect, test } from 'vitest';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { answer, stockNames, upgraded } from './support.ts';

/* Migrations that are listed in the config instead of in a folder. */

const classes = `import { Migration } from '@mikro-orm/migrations';
class M1 extends Migration { up() { this.addSql('create table "m1" ()'); } }
class M2 extends Migration {
  name = 'Migration20260102000000_named_by_itself';
  up() { this.addSql('create table "m2" ()'); }
  down() { this.addSql('drop table "m2"'); }
}
class M3 extends Migration {
  static revises = ['M1'];
  static labels = ['side'];
  up() { this.addSql('create table "m3" ()'); }
  down() { this.addSql('drop table "m3"'); }
}
export const list = [M1, M2, { name: 'Migration20260103000000_given.ts', class: M3 }];
`;

test('a migrationsList of classes and of names with classes, without a path', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    typescript: false,
    files: {
      'list.js': classes,
      'mikro-orm.config.js': `import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { list } from './list.js';
export default defineConfig({
  clientUrl: ${JSON.stringify(database.url)}, extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, migrations: { migrationsList: list },
});
`,
    },
  });
  await project.remove('migrations');
  const itself = 'Migration20260102000000_named_by_itself';
  const given = 'Migration20260103000000_given';
  const { rows } = await answer(project, ['history']);
  expect(rows).toMatchObject([
    { id: given, revises: ['M1'], labels: ['side'], inferred: false },
    { id: itself, revises: ['M1'], inferred: true },
    { id: 'M1', revises: [], inferred: true },
  ]);
  await upgraded(project, 'heads');
  expect(await stockNames(project, 'list')).toEqual(['M1', itself, given]);
  expect(await stockNames(project, 'pending')).toEqual([]);
  expect(await answer(project, ['downgrade', 'side@-1', '--yes'])).toMatchObject({ code: 0, tips: [itself] });
  await expect(project.list('migrations')).rejects.toThrow('ENOENT');
});
