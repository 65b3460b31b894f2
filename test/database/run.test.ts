import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { makeProject, type ProjectOptions, stockCli } from '../support/project.ts';
import { createDatabase, hostile } from '../support/server.ts';
import { type Opened, open } from './support.ts';

const migrations = {
  Migration20260101000000_chats: {
    up: 'create table "chats" ("id" serial primary key, "title" varchar(255) not null)',
    down: 'drop table "chats"',
  },
  Migration20260102000000_rows: {
    up: [
      `insert into "chats" ("title") values ('a'), ('b')`,
      `update "chats" set "title" = 'c' where "id" = 2`,
    ],
    down: 'delete from "chats"',
  },
  Migration20260103000000_index: {
    up: 'create index concurrently "chats_title" on "chats" ("title")',
    down: 'drop index concurrently "chats_title"',
    transactional: false,
  },
  Migration20260104000000_broken: {
    up: ['create table "half" ("id" int)', 'insert into "chats" ("id", "tïtle") values (1, 2)'],
    down: 'drop table "half"',
  },
  Migration20260105000000_no_way_back: { up: 'create table "more" ("id" int)' },
} as const;

const [chats, rows, index, broken, notReversible] = Object.keys(migrations) as [
  string,
  string,
  string,
  string,
  string,
];
const entities = `
import { defineEntity, p } from '@mikro-orm/core';
export const Chat = defineEntity({ name: 'Chat', tableName: 'chats', properties: { id: p.integer().primary(), title: p.string() } });
export const entities = [Chat];
`;

let opened: Opened | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function start(kind: 'server' | 'pglite', options: ProjectOptions = {}): Promise<Opened> {
  const where = kind === 'server' ? { url: (await createDatabase()).url } : { pglite: 'memory://' };
  // MikroORM uses the current folder at import time as its base folder, so it is the same for all tests here.
  const project = await makeProject({
    ...where,
    migrations,
    entities,
    config: 'baseDir: process.cwd()',
    ...options,
  });
  opened = await open(project.root);
  return opened;
}

/** Waits until the statement is committed, without giving this process's own work a turn. */
function fromAnotherSession(url: string, sql: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '-e',
      'const { Client } = require("pg"); const c = new Client(process.argv[1]); c.connect().then(() => c.query(process.argv[2])).then(() => c.end())',
      url,
      sql,
    ],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
}

describe.each(['server', 'pglite'] as const)('running a plan (%s)', kind => {
  test('up and down, each with its log row, in the batches that were shown', async () => {
    const app = await start(kind);
    const result = await app.run(`up ${chats}`, `up ${rows}`, `up ${index}`);
    expect(result).toMatchObject({ failure: null, cancelled: false, tips: [index] });
    expect(result.steps.map(step => step.outcome)).toEqual(['done', 'done', 'done']);
    expect(await app.applied()).toEqual([chats, rows, index]);
    expect(await app.connection.query('select title from chats order by id')).toEqual([
      { title: 'a' },
      { title: 'c' },
    ]);
    const told = app.events.map(event =>
      'step' in event && event.kind !== 'statement-done' ? `${event.kind} ${event.step}` : event.kind,
    );
    expect(told).toEqual([
      'started',
      'batch',
      ...['step 0', 'statement 0', 'statement-done', 'step-done 0'],
      ...['step 1', 'statement 1', 'statement-done', 'statement 1', 'statement-done', 'step-done 1'],
      'batch-done',
      'batch',
      ...['step 2', 'statement 2', 'statement-done', 'step-done 2'],
      'batch-done',
      'finished',
    ]);
    expect(app.events).toContainEqual(expect.objectContaining({ kind: 'statement-done', step: 1, rows: 2 }));

    expect((await app.run(`down ${index}`, `down ${rows}`)).failure).toBeNull();
    expect(await app.applied()).toEqual([chats]);
    expect(await app.connection.query('select * from chats')).toEqual([]);
  });

  test('a failing revision rolls its whole batch back and reports where it failed', async () => {
    const app = await start(kind);
    const result = await app.run(`up ${chats}`, `up ${broken}`, `up ${notReversible}`);
    expect(result.steps).toMatchObject([
      { outcome: 'not run', rolledBack: true },
      { outcome: 'failed', rolledBack: true },
      { outcome: 'not run' },
    ]);
    expect(result.steps[2]).not.toHaveProperty('rolledBack');
    const statement = migrations.Migration20260104000000_broken.up[1];
    expect(result.failure).toMatchObject({
      code: 'statement-failed',
      message: expect.stringContaining('column "tïtle" of relation "chats" does not exist'),
      sql: { sqlState: '42703', statement, position: statement.indexOf('"tïtle"') + 1 },
    });
    expect(await app.applied()).toEqual([]);
    expect(
      await app.connection.query(`select to_regclass('chats') as chats, to_regclass('half') as half`),
    ).toEqual([{ chats: null, half: null }]);
  });

  test('a stamp writes rows and runs nothing', async () => {
    const app = await start(kind);
    expect((await app.run(`log ${chats}`, `log ${rows}`)).failure).toBeNull();
    expect(await app.applied()).toEqual([chats, rows]);
    expect((await app.run(`unlog ${rows}`)).failure).toBeNull();
    expect(await app.applied()).toEqual([chats]);
    expect(await app.connection.query(`select to_regclass('chats') as chats`)).toEqual([{ chats: null }]);
  });

  test('execute() and entities work in the batch, whatever connection the code uses', async () => {
    const data = `import { Migration } from '@mikro-orm/migrations';
import { Chat } from '../entities.ts';
export const helper = () => 'not the migration';
export class Migration20260102000001_data extends Migration {
  override async up(): Promise<void> {
    const em = this.getEntityManager();
    em.create(Chat, { id: 7, title: 'made' });
    await em.flush();
    await em.fork().transactional(async inner => { await inner.insert(Chat, { id: 8, title: 'nested' }); });
    await em.fork().transactional(async inner => {
      await inner.insert(Chat, { id: 9, title: 'taken back' });
      throw new Error('inner');
    }).catch(() => {});
    const [row] = await this.execute('select count(*)::int as n from chats');
    await this.driver.getConnection().execute('insert into chats (id, title) values (?, ?)', [row.n + 100, 'raw']);
    this.addSql("update chats set title = title || '!'");
  }
}
`;
    const app = await start(kind, {
      migrations: {
        [chats]: migrations[chats as keyof typeof migrations],
        Migration20260102000001_data: data,
      },
    });
    const result = await app.run(`up ${chats}`, 'up Migration20260102000001_data');
    expect(result.failure).toBeNull();
    expect(await app.connection.query('select id, title from chats order by id')).toEqual([
      { id: 7, title: 'made!' },
      { id: 8, title: 'nested!' },
      { id: 102, title: 'raw!' },
    ]);
  });

  test('migrations.schema runs the revision in that schema and logs it there', async () => {
    const app = await start(kind, { migrationsConfig: `schema: 'tenant'` });
    await app.connection.query('create schema tenant');
    expect((await app.run(`up ${chats}`)).failure).toBeNull();
    expect(await app.connection.query(`select to_regclass('tenant.chats')::text as chats`)).toEqual([
      { chats: 'tenant.chats' },
    ]);
    expect(await app.connection.query('select name from tenant.mikro_orm_migrations')).toEqual([
      { name: chats },
    ]);
    const [setting] = await app.connection.query<{ path: string }>(
      `select current_setting('search_path') as path`,
    );
    expect(setting?.path).not.toContain('tenant');
  });
});

describe('running a plan', () => {
  test('a revision that would end its transaction is refused, and its batch is rolled back', async () => {
    const ends = 'Migration20260102000003_ends';
    const app = await start('server', {
      migrations: {
        [chats]: migrations[chats as keyof typeof migrations],
        [ends]: { up: ['create table "left" ("id" int)', 'commit', 'create table "right" ("id" int)'] },
      },
    });
    const result = await app.run(`up ${chats}`, `up ${ends}`);
    expect(result.failure).toMatchObject({ code: 'transaction-ended' });
    expect(await app.applied()).toEqual([]);
    expect(
      await app.connection.query(`select to_regclass('"left"') as l, to_regclass('chats') as c`),
    ).toEqual([{ l: null, c: null }]);
  });

  test('entities that cannot be loaded are reported before anything runs', async () => {
    const app = await start('server', { entities: `export const entities = [class Broken {}];` });
    await expect(app.run(`up ${chats}`)).rejects.toMatchObject({ code: 'entities-broken' });
    expect(await app.applied()).toEqual([]);
  });

  test('a swallowed error is reported with its cause', async () => {
    const swallows = 'Migration20260102000004_swallows';
    const app = await start('server', {
      migrations: {
        [swallows]: `import { Migration } from '@mikro-orm/migrations';
export class ${swallows} extends Migration {
  override async up(): Promise<void> {
    await this.execute('select 1 / 0').catch(() => {});
    this.addSql('select 2');
  }
}
`,
      },
    });
    expect((await app.run(`up ${swallows}`)).failure).toMatchObject({
      message: expect.stringContaining('division by zero'),
      sql: { statement: 'select 1 / 0' },
    });
  });

  test('a transaction for each keeps the revisions before the failure', async () => {
    const app = await start('server', { migrationsConfig: 'allOrNothing: false' });
    const result = await app.run(`up ${chats}`, `up ${broken}`, `up ${notReversible}`);
    expect(result.steps.map(step => step.outcome)).toEqual(['done', 'failed', 'not run']);
    expect(result.tips).toEqual([chats]);
    expect(await app.applied()).toEqual([chats]);
  });

  test.each([
    ['added', `insert into mikro_orm_migrations (name) values ('Migration20250101000000_other')`],
    ['renamed', `update mikro_orm_migrations set name = 'Migration20250101000000_other'`],
    ['removed', 'delete from mikro_orm_migrations'],
  ])('a row that another session has %s between two transactions stops the run', async (_, sql) => {
    const { url } = await createDatabase();
    const app = await start('server', { url, migrationsConfig: 'allOrNothing: false' });
    const preview = await app.plan(`up ${chats}`, `up ${rows}`, `up ${notReversible}`);
    const { result } = app.start(preview, {}, event => {
      // It blocks this process, so that the next transaction begins after it.
      if (event.kind === 'batch-done' && event.batch === 1) fromAnotherSession(url, sql);
    });
    const { failure, steps } = await result;
    expect(failure).toMatchObject({ code: 'plan-changed' });
    expect(steps.map(step => step.outcome)).toEqual(['done', 'done', 'not run']);
  });

  test('a revision may end with a role that cannot read the migrations table', async () => {
    const database = await createDatabase();
    const { name: role } = await database.createRole({ may: 'nothing' });
    const [grants, asRole, after] = ['grants', 'as_role', 'after'].map(
      (word, at) => `Migration2026010100000${at}_${word}`,
    ) as [string, string, string];
    const app = await start('server', {
      url: database.url,
      migrationsConfig: 'allOrNothing: false',
      migrations: {
        [grants]: {
          up: [
            `grant insert on mikro_orm_migrations to "${role}"`,
            `grant usage on sequence mikro_orm_migrations_id_seq to "${role}"`,
          ],
        },
        [asRole]: { up: `set local role "${role}"` },
        [after]: { up: 'create table "after" ("id" int)' },
      },
    });
    expect((await app.run(`up ${grants}`, `up ${asRole}`, `up ${after}`)).failure).toBeNull();
    expect(await app.applied()).toEqual([grants, asRole, after]);
  });

  test('a plan for another state is refused before anything runs', async () => {
    const app = await start('server');
    const preview = await app.plan(`up ${chats}`);
    await app.run(`log ${chats}`);
    await expect(app.start(preview).result).rejects.toMatchObject({ code: 'plan-changed' });
    expect(await app.applied()).toEqual([chats]);
  });

  test('a revision without down() is refused before anything runs', async () => {
    const app = await start('server');
    await app.run(`up ${chats}`, `up ${notReversible}`);
    const preview = await app.plan(`down ${notReversible}`, `down ${chats}`);
    await expect(app.start(preview).result).rejects.toMatchObject({ code: 'no-down' });
    expect(await app.applied()).toEqual([chats, notReversible]);
  });

  test('an error thrown by code is reported as such', async () => {
    const thrower = `import { Migration } from '@mikro-orm/migrations';
export class Migration20260102000002_thrower extends Migration {
  override async up(): Promise<void> {
    await this.execute('create table "left" ("id" int)');
    throw new Error('duplicate titles');
  }
}
`;
    const app = await start('server', { migrations: { Migration20260102000002_thrower: thrower } });
    const result = await app.run('up Migration20260102000002_thrower');
    expect(result.failure).toMatchObject({
      code: 'migration-threw',
      message: expect.stringContaining('duplicate titles'),
    });
    expect(await app.connection.query(`select to_regclass('"left"') as left`)).toEqual([{ left: null }]);
  });

  test('the log table may be in another schema', async () => {
    const app = await start('server', { migrationsConfig: `tableName: 'ops.applied'` });
    expect((await app.run(`up ${chats}`)).failure).toBeNull();
    expect(await app.connection.query('select name from ops.applied')).toEqual([{ name: chats }]);
  });
});

// The stock CLI cannot parse the times of such databases.
test.skipIf(hostile())('the stock CLI agrees, before and after', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations,
    entities,
    config: 'baseDir: process.cwd()',
  });
  await stockCli(project, ['migration:up', '--to', rows]);
  opened = await open(project.root);
  expect(await opened.applied()).toEqual([chats, rows]);
  expect((await opened.run(`up ${index}`, `up ${notReversible}`)).failure).toBeNull();
  const list = (await stockCli(project, ['migration:list'])).stdout;
  for (const name of [chats, rows, index, notReversible]) expect(list).toContain(name);
  expect((await stockCli(project, ['migration:pending'])).stdout).toContain(broken);
});

test('a cancelled revision without a transaction has failed, because what it did stays', async () => {
  const partly = 'Migration20260301000000_partly';
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: {
      [partly]: { up: ['create table "half" ("id" int)', 'select pg_sleep(60)'], transactional: false },
    },
    config: 'baseDir: process.cwd()',
  });
  const app = await open(project.root);
  try {
    const sleeps = app.hears(event => event.kind === 'statement' && event.sql.includes('pg_sleep'));
    const run = app.start(await app.plan(`up ${partly}`));
    await sleeps;
    await run.cancel('rollback');
    const { steps, cancelled, unsettled } = await run.result;
    expect(cancelled).toBe(true);
    expect(steps).toMatchObject([{ outcome: 'failed' }]);
    expect(unsettled.map(({ revision }) => revision)).toEqual([partly]);
    expect(await database.query(`select to_regclass('half')::text as half`)).toEqual([{ half: 'half' }]);
  } finally {
    await app.close();
  }
});
