import { afterAll, describe, expect, it } from 'vitest';
import { Previewer } from '../../src/preview/previewer.ts';
import type { Recording } from '../../src/preview/recording.ts';
import { openProject, type Project } from '../../src/project/project.ts';
import { makeProject } from '../support/project.ts';

const body = (up: string, more = '') => `import { Migration } from '@mikro-orm/migrations';
export const helper = (table: string): string => \`drop table "\${table}"\`;
export class M extends Migration {
  async up(): Promise<void> { ${up} }
  ${more}
}`;

const migrations = {
  M01_plain: body(
    `this.addSql('create table "a" ()'); this.addSql(helper('b'));`,
    `override down(): void { this.addSql('drop table "a"'); }`,
  ),
  M02_execute: body(`this.addSql('select 1'); await this.execute('update "a" set "x" = ?', [1]);`),
  M03_reads: body(
    `const rows = await this.execute('select * from "a"'); for (const row of rows) this.addSql('select ' + row.id);`,
  ),
  M04_entities: body(`await this.getEntityManager().find('A' as never, {});`),
  M05_em_sql: body(
    `await this.getEntityManager().execute('vacuum "a"');`,
    'override isTransactional(): boolean { return false; }',
  ),
  M06_throws: body(`this.addSql('select 1'); throw new Error('duplicate data');`),
  M07_driver: body(`await this.driver.getConnection().execute('select 7');`),
};

describe('the SQL of a migration without running it', async () => {
  const made = await makeProject({ migrations });
  const project: Project = await openProject(made.root);
  const previewer = new Previewer(project);
  afterAll(async () => {
    previewer.close();
    await project.close();
  });
  const recorded = (id: keyof typeof migrations, direction: 'up' | 'down' = 'up'): Promise<Recording> => {
    const source = project.sources().migrations.find(migration => migration.id === id);
    if (!source) throw new Error(`no ${id}`);
    return previewer.record(source, direction);
  };

  it('statements of addSql, with helpers in the same file', async () => {
    expect(await recorded('M01_plain')).toEqual({
      sql: ['create table "a" ()', 'drop table "b"'],
      complete: true,
      note: null,
      transactional: true,
    });
    expect((await recorded('M01_plain', 'down')).sql).toEqual(['drop table "a"']);
  });

  it('statements of execute() come first, as in a run', async () => {
    const { sql, complete } = await recorded('M02_execute');
    expect(sql).toEqual(['update "a" set "x" = 1', 'select 1']);
    expect(complete).toBe(true);
  });

  it('is incomplete if the code depends on rows', async () => {
    const { sql, complete, note } = await recorded('M03_reads');
    expect(sql).toEqual(['select * from "a"']);
    expect(complete).toBe(false);
    expect(note).toContain('reads rows');
  });

  it('is incomplete if entities are used', async () => {
    expect(await recorded('M04_entities')).toMatchObject({
      complete: false,
      note: expect.stringContaining('find'),
    });
  });

  it('includes statements of the entity manager and of the driver', async () => {
    expect(await recorded('M05_em_sql')).toMatchObject({
      sql: ['vacuum "a"'],
      complete: true,
      transactional: false,
    });
    expect(await recorded('M07_driver')).toMatchObject({ sql: ['select 7'], complete: true });
  });

  it('reports where the code threw, and keeps the statements before', async () => {
    expect(await recorded('M06_throws')).toMatchObject({
      sql: ['select 1'],
      complete: false,
      note: expect.stringContaining('duplicate data'),
    });
  });

  it('reports that there is no down()', async () => {
    expect(await recorded('M02_execute', 'down')).toMatchObject({ irreversible: true, sql: [] });
  });
});
