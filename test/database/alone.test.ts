import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { queryOn } from '../../src/database/connect/monitor.ts';
import { readInterrupted } from '../../src/database/interrupted.ts';
import { ledgerTable } from '../../src/database/ledger.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { type ProxiedConnection, silentProxy } from '../support/silent-proxy.ts';
import { afterEachTest, open } from './support.ts';

/* Revisions without a transaction: what is said of them is what they have done. */

const first = 'Migration20260101000000_first';
const second = 'Migration20260102000000_second';
const up = [`up ${first}`, `up ${second}`];

const closing = afterEachTest();

async function start(
  statements: readonly string[],
  through: (url: string) => Promise<string> | string,
  config = '',
) {
  const database = await createDatabase();
  const project = await makeProject({
    url: await through(database.url),
    config: `baseDir: process.cwd(), ${config}`,
    migrations: {
      [first]: { up: [...statements], transactional: false },
      [second]: { up: 'create table "second" ("id" int)' },
    },
  });
  const app = await open(project.root);
  closing.push(() => app.close());
  return { app, database };
}

test('the commit of the log row counts, though its answer was lost', async () => {
  let lost: ProxiedConnection | null = null;
  const { app, database } = await start(['create table "kept" ("id" int)'], async url => {
    const proxy = await silentProxy(url, (connection, piece) => {
      if (!connection.sent.includes('create table "kept"') || !/^Q.{4}commit\0/s.test(piece)) return;
      lost = connection;
      connection.muteToClient = true;
    });
    closing.push(() => proxy.close());
    return proxy.through(url);
  });
  const done: number[] = [];
  const { result } = app.start(await app.plan(...up), {}, event => {
    if (event.kind === 'step-done') done.push(event.step);
  });
  await vi.waitFor(async () => {
    expect(lost).not.toBeNull();
    expect(await database.query('select name from mikro_orm_migrations')).toHaveLength(1);
  }, 20_000);
  Object.assign(lost ?? {}, { muteToClient: false });
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'commit'`,
  );
  const { failure, steps, unsettled } = await result;
  expect(failure).toBeNull();
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect(done).toEqual([0, 1]);
  expect(unsettled).toEqual([]);
  expect(await app.applied()).toEqual([first, second]);
});

test('a log row that was not committed leaves the revision interrupted', async () => {
  const { app, database } = await start(['create table "kept" ("id" int)'], async url => {
    const proxy = await silentProxy(url, (connection, piece) => {
      if (!connection.sent.includes('create table "kept"') || !/^Q.{4}commit\0/s.test(piece)) return;
      connection.muteToServer = true;
    });
    closing.push(() => proxy.close());
    return proxy.through(url);
  });
  const { result } = app.start(await app.plan(...up));
  await vi.waitFor(async () => {
    const ended = await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction' and query ilike 'comment on table%'`,
    );
    expect(ended).not.toEqual([]);
  }, 20_000);
  const { failure, steps, unsettled } = await result;
  expect(failure?.code).toBe('connection-lost');
  expect(failure?.next).toContain(`resolve`);
  expect(steps.map(({ outcome }) => outcome)).toEqual(['failed', 'not run']);
  expect(steps[0]).toMatchObject({ changesRemain: true });
  expect(unsettled.map(({ revision }) => revision)).toEqual([first]);
  expect(await app.applied()).toEqual([]);
});

test('changes remain, though nothing may record the interruption', async () => {
  const owner = await createDatabase();
  await owner.query(
    `create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now())`,
  );
  const role = await owner.createRole();
  await owner.query(`grant create on schema public to public; grant all on mikro_orm_migrations to public;
    grant usage on sequence mikro_orm_migrations_id_seq to public`);
  const { app } = await start(['create table "kept" ("id" int)', 'select 1 / 0'], () => role.url);
  const { steps, unsettled, tips } = await app.run(...up);
  expect(steps[0]).toMatchObject({ outcome: 'failed', changesRemain: true });
  expect(unsettled).toEqual([]);
  expect(tips).toEqual([]);
});

test('a connection that the server ends between two statements is reported with its reason', async () => {
  const { app } = await start([], async url => {
    const client = new pg.Client(url);
    await client.connect();
    await client.query(
      `do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = 500', current_database()); end $$`,
    );
    await client.end();
    return url;
  });
  const third = 'Migration20260103000000_third';
  await writeFile(
    join(app.project.root, 'migrations', `${third}.ts`),
    `import { Migration } from '@mikro-orm/migrations';
export class ${third} extends Migration {
  override async up(): Promise<void> {
    await this.execute('select 1');
    await new Promise(resolve => setTimeout(resolve, 1_500));
    await this.execute('create table "late" ("id" int)');
  }
}
`,
  );
  const { failure } = await app.run(`up ${third}`);
  expect(failure?.message).toContain('idle-in-transaction timeout');
});

test('what the journal says of a role that may not set marks is no interruption unless something was done', async () => {
  const owner = await createDatabase();
  await owner.query(
    `create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now());
     create table "kept" ("id" int);
     do $$ begin execute format('grant create on database %I to public', current_database()); end $$`,
  );
  const role = await owner.createRole();
  await owner.query(`grant create on schema public to public; grant all on mikro_orm_migrations to public;
    grant usage on sequence mikro_orm_migrations_id_seq to public`);
  const journal = `schemaGenerator: { ignoreSchema: ['migtui'] }`;
  const create = 'create table "kept" ("id" int)';
  const { app } = await start([create, 'select 1 / 0'], () => role.url, journal);
  const failed = await app.run(...up);
  expect(failed.steps[0]?.outcome).toBe('failed');
  expect(failed.steps[0]?.changesRemain).toBeUndefined();
  expect(failed.unsettled).toEqual([]);
  await owner.query('drop table "kept"');
  const half = await app.run(...up);
  expect(half.steps[0]).toMatchObject({ outcome: 'failed', changesRemain: true });
  expect(half.unsettled).toMatchObject([{ revision: first }]);
  const interrupted = () => readInterrupted(queryOn(app.connection.orm), ledgerTable(app.project));
  expect(await interrupted()).toHaveLength(1);
  await owner.query(`insert into mikro_orm_migrations (name) values ('${first}')`);
  expect(await interrupted()).toEqual([]);
  await owner.query('truncate mikro_orm_migrations');
  expect(await interrupted()).toHaveLength(1);
  await owner.query('drop table mikro_orm_migrations');
  expect(await interrupted()).toEqual([]);
});
