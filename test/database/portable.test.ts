import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lockRuns } from '../../src/database/portable/lock.ts';
import { portableLosses } from '../../src/database/portable/losses.ts';
import type { EngineEvent } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { openProject } from '../../src/project/project.ts';
import { asking, running } from '../authoring/support.ts';
import { makeProject, migtui, type Project, type ProjectOptions } from '../support/project.ts';

/* Databases other than PostgreSQL, with Node's own SQLite. */

const config = `import { NodeSqliteDialect, SqliteDriver } from '@mikro-orm/sql';
import { Migrator } from '@mikro-orm/migrations';
const file = import.meta.dirname + '/shop.db';
export default { driver: SqliteDriver, dbName: file, driverOptions: new NodeSqliteDialect(file),
  baseDir: import.meta.dirname, extensions: [Migrator], entities: [], discovery: { warnWhenNoEntities: false },
  migrations: { path: 'migrations', pathTs: 'migrations' } };
`;
const sqlite = (options: ProjectOptions = {}): Promise<Project> =>
  makeProject({ ...options, files: { 'mikro-orm.config.ts': config, ...options.files } });

const [one, two, three] = ['one', 'two', 'three'].map(
  (name, at) => `Migration2026010${at + 1}000000_${name}`,
) as [string, string, string];
const table = (name: string) => ({ up: `create table ${name} (id integer)`, down: `drop table ${name}` });
const line = { [one]: table('one'), [two]: table('two'), [three]: table('three') };

/** The contents of the database, queried without MikroORM. */
function rowsOf(project: Project, sql: string): unknown[] {
  const database = new DatabaseSync(project.path('shop.db'));
  try {
    return database
      .prepare(sql)
      .all()
      .map(row => Object.values(row)[0]);
  } finally {
    database.close();
  }
}
const logged = (project: Project) => rowsOf(project, 'select name from mikro_orm_migrations order by id');
const tables = (project: Project) =>
  rowsOf(
    project,
    "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by 1",
  );
const log = 'mikro_orm_migrations';

describe('on SQLite', () => {
  test('reading creates nothing, and reports what works', async () => {
    const project = await sqlite({ migrations: line });
    const overview = await asking(project.root, engine => engine.overview());
    expect(overview.database).toMatchObject({ kind: 'sqlite', name: 'shop.db', state: 'missing' });
    expect(overview.notes.join()).toContain('On SQLite, history, plans, upgrade');
    expect(overview.pending).toEqual([one, two, three]);
    expect(existsSync(project.path('shop.db'))).toBe(false);
  });

  test('upgrades, downgrades and stamps, with a row exactly where the schema changed', async () => {
    const project = await sqlite({ migrations: line });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', '+2');
      expect([logged(project), tables(project)]).toEqual([
        [one, two],
        [log, 'one', 'two'],
      ]);
      await running(engine, 'downgrade', '-1');
      expect([logged(project), tables(project)]).toEqual([[one], [log, 'one']]);
      await running(engine, 'stamp', 'head');
      expect([logged(project), tables(project)]).toEqual([
        [one, two, three],
        [log, 'one'],
      ]);
      const overview = await engine.overview();
      expect(overview.revisions.map(row => row.appliedAt?.slice(0, 4))).toEqual(
        Array(3).fill(String(new Date().getUTCFullYear())),
      );
    });
  });

  test('a failed revision rolls its whole batch back, and is reported with its statement', async () => {
    const bad = { up: ['create table three (id integer)', 'insert into nowhere values (1)'] };
    const project = await sqlite({ migrations: { ...line, [three]: bad } });
    await asking(project.root, async engine => {
      const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
      const { steps, failure } = await engine.run(preview, {});
      expect(steps.map(({ outcome, rolledBack }) => [outcome, rolledBack])).toEqual([
        ['not run', true],
        ['not run', true],
        ['failed', true],
      ]);
      expect(failure).toMatchObject({
        code: 'statement-failed',
        message: `${three}: no such table: nowhere`,
        sql: { statement: 'insert into nowhere values (1)' },
        next: expect.stringContaining('rolled back; 0 of 3 steps are done'),
      });
      expect(tables(project)).toEqual([]);
    });
  });

  test('without a transaction it reports what remains', async () => {
    const half = { up: ['create table two (id integer)', 'select nothing'], transactional: false } as const;
    const project = await sqlite({ migrations: { ...line, [two]: half } });
    await asking(project.root, async engine => {
      const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
      const { failure, tips } = await engine.run(preview, {});
      expect(failure?.next).toContain('1 of its statements ran, and stay: it ran without a transaction');
      expect(tips).toEqual([one]);
      expect(tables(project)).toEqual([log, 'one', 'two']);
    });
  });

  test('the plan that was shown is the plan that runs', async () => {
    const project = await sqlite({ migrations: line });
    await asking(project.root, async engine => {
      const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
      await running(engine, 'upgrade', '+1');
      await expect(engine.run(preview, {})).rejects.toMatchObject({ code: 'plan-changed' });
      expect(logged(project)).toEqual([one]);
      const { steps } = await engine.run(preview, { whenChanged: 'replan' });
      expect(steps.map(({ revision }) => revision)).toEqual([two, three]);
    });
  });

  test('runs in several processes wait for each other', async () => {
    const project = await sqlite({ migrations: line });
    const outputs = await Promise.all([1, 2, 3].map(() => migtui(project, ['upgrade', 'head', '--yes'])));
    expect(outputs.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
    expect(logged(project)).toEqual([one, two, three]);
    expect(existsSync(project.path('shop.db.migtui-lock'))).toBe(false);
  });

  test('waits for a held lock up to the given time', async () => {
    const project = await sqlite({ migrations: line });
    const opened = await openProject(project.root);
    const release = await lockRuns(opened, { schema: 'main', name: log, sql: log }, { limit: 0 });
    const refused = await asking(project.root, async engine => {
      const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
      return engine.run(preview, { lockWait: 0 }).catch((error: unknown) => error);
    });
    expect(refused).toMatchObject({ code: 'run-in-progress' });
    await release();
    await opened.close();
    await asking(project.root, engine => running(engine, 'upgrade', 'head'));
    expect(logged(project)).toEqual([one, two, three]);
  });

  test('a cancelled run is rolled back', async () => {
    const project = await sqlite({ migrations: line });
    const heard: EngineEvent[] = [];
    const engine = await openEngine({ root: project.root }, event => {
      heard.push(event);
      if (event.type === 'run' && event.event.kind === 'step' && event.event.step === 1)
        void engine.cancel('rollback');
    });
    const result = await engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});
    await engine.close();
    expect(result).toMatchObject({ cancelled: true, failure: { code: 'cancelled' } });
    expect(heard.some(event => event.type === 'run' && event.event.kind === 'rolled-back')).toBe(true);
    expect(tables(project)).toEqual([]);
  });

  test('code of a migration is previewed in isolation, with the platform of SQLite', async () => {
    const code = `import { Migration } from '@mikro-orm/migrations';
export class ${one} extends Migration {
  async up() { this.addSql('create table ' + this.driver.getPlatform().quoteIdentifier('a b') + ' (id integer)'); }
  async down() { this.addSql('drop table "a b"'); }
}`;
    const project = await sqlite({ migrations: { [one]: code } });
    await asking(project.root, async engine => {
      const { steps } = await engine.preview({ command: 'upgrade', targets: ['head'] });
      expect(steps[0]?.preview).toMatchObject({ sql: ['create table `a b` (id integer)'], complete: true });
      await running(engine, 'upgrade', 'head');
      expect(tables(project)).toEqual(['a b', log]);
    });
  });

  test('rows lost by a downgrade are counted', async () => {
    const project = await sqlite({ migrations: line });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', 'head');
      rowsOf(project, 'insert into two values (1), (2) returning id');
      const { steps, destructive } = await engine.preview({ command: 'downgrade', targets: [one] });
      expect(steps.map(({ losses }) => losses)).toEqual([['drops table three'], ['drops table two: 2 rows']]);
      expect(destructive).toBe(true);
    });
  });

  test('PostgreSQL-only features say so and why', async () => {
    const project = await sqlite({ migrations: line });
    await asking(project.root, async engine => {
      await running(engine, 'upgrade', 'head');
      const onlyThere = [
        () => engine.compare('head'),
        () => engine.journal(),
        () => engine.effect(one),
        () => engine.test({}),
        () => engine.lint({ range: 'head' }),
        () => engine.script({ command: 'upgrade', targets: ['head'] }),
        () => engine.emptying(),
        () => engine.preview({ command: 'downgrade', targets: [], past: { kind: 'undo' } }),
      ];
      for (const call of onlyThere) {
        await expect(call(), String(call)).rejects.toMatchObject({
          code: 'not-on-this-database',
          message: expect.stringMatching(/^Not supported on SQLite: .*\. [A-Z].*\.$/),
        });
      }
      const { checks, ok } = await engine.doctor();
      expect(ok).toBe(true);
      const skipped = checks.filter(({ status }) => status === 'skipped').map(({ id }) => id);
      expect(skipped).toEqual(['shadow', 'journal', 'lint', 'script', 'backup', 'fleet', 'fresh', 'schema']);
    });
  });

  test('two heads are merged without a rehearsal', async () => {
    const branched = {
      [one]: { ...table('one'), revises: [] },
      [two]: { ...table('two'), revises: [one] },
      [three]: { ...table('three'), revises: [one] },
    };
    const project = await sqlite({ migrations: branched });
    const merged = await migtui(project, ['merge', '--yes', '--json']);
    const answer = JSON.parse(merged.stdout);
    expect(answer).toMatchObject({ kind: 'merge', written: true, rehearsal: null });
    expect(answer.warnings).toEqual([expect.stringContaining('The merge was not rehearsed')]);
    expect(merged.code).toBe(0);
    expect((await migtui(project, ['upgrade', 'head', '--yes'])).code).toBe(0);
    expect(tables(project)).toEqual([log, 'one', 'three', 'two']);
    const init = await migtui(project, ['init', '--yes']);
    expect(init.stderr).toContain('migtui adopt');
    expect(init.stderr).not.toContain('--autogenerate');
  });
});

test('statements that lose data are recognised', async () => {
  const counted: string[] = [];
  const query = async (sql: string) => {
    counted.push(sql);
    return [{ count: 3 }];
  };
  const connection = { query } as never;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('"a b"', 'chats', '`x`', 'main.chats'),
      fc.constantFrom('', '\n  ', '-- first\n', '/* a */ '),
      async (name, before) => {
        const of = async (sql: string) => (await portableLosses(connection, [[`${before}${sql}`]]))[0];
        const plain = name.replace(/["`]/g, '');
        expect(await of(`drop table if exists ${name}`)).toEqual([
          { description: `drops table ${plain}: 3 rows`, destructive: true },
        ]);
        expect(await of(`alter table ${name} drop column x`)).toMatchObject([{ destructive: true }]);
        expect(await of(`DELETE FROM ${name} where 1`)).toMatchObject([{ destructive: true }]);
        expect(await of(`alter table ${name} add x int`)).toEqual([]);
        expect(await of(`create table ${name} (x int)`)).toEqual([]);
        expect(await of(`alter table ${name} drop constraint x`)).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
  expect(counted.every(sql => sql.includes('limit 10001'))).toBe(true);
});
