import { describe, expect, it } from 'vitest';
import { makeDemo, makeProject, stockCli } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';

/*
 * The whole program in a real terminal, by keys alone, on real databases.
 */

describe('the demo by keys only, on a server', () => {
  it('goes up to the revision under the cursor, up to both heads, and down to base', async () => {
    const database = await createDatabase();
    const demo = await makeDemo();
    const env = { DATABASE_URL: database.url };
    const app = await openMigtui(demo.root, { env });
    await app.sees('5 pending');
    await app.sees('2 heads');

    await app.press('u');
    await app.sees('4 steps');
    await app.press('Esc');
    await app.seesNo('4 steps');
    expect(await database.query(`select to_regclass('chats') as there`)).toEqual([{ there: null }]);

    await app.press('u');
    await app.sees('4 steps');
    await app.press('Enter');
    await app.sees('Upgrade done');
    await app.press('Enter');
    await app.sees('1 pending');
    await app.press('j', 'u');
    await app.sees('1 step');
    await app.press('Enter');
    await app.sees('Upgrade done');
    await app.press('Enter');
    await app.sees('5 applied');

    const listed = await stockCli(demo, ['migration:list'], { env });
    expect(listed.stdout.match(/Migration\d{14}_/g)).toHaveLength(5);

    await app.press('G', 'd');
    await app.sees('4 steps');
    await app.press('Enter');
    await app.sees('Downgrade done');
    await app.press('Enter');
    await app.sees('1 applied');
    await app.press('q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);
    const left = await database.query<{ name: string }>('select name from mikro_orm_migrations');
    expect(left.map(row => row.name)).toEqual(['Migration20261101093000_initial_schema']);
  });
});

it('makes the embedded database of the demo with the first upgrade', async () => {
  const demo = await makeDemo();
  const app = await openMigtui(demo.root, { env: { DATABASE_URL: undefined }, cols: 80, rows: 24 });
  await app.sees('History');
  await app.sees('initial_schema');
  await app.press('u');
  await app.sees('creates it');
  await app.press('Enter');
  await app.sees('Upgrade done', { timeout: 40_000 });
  await app.press('Enter');
  await app.sees('4 applied');
  await app.press('C-c');
  await app.exit;
  expect(await app.restored()).toEqual(asFound);
});

describe('a migration that fails', () => {
  it("shows PostgreSQL's message, code and statement, and that nothing of the batch is left", async () => {
    const database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: {
        Migration20260101000000_fine: { up: 'create table fine (id int)', down: 'drop table fine' },
        Migration20260102000000_broken: { up: 'alter table missing add column x int', down: 'select 1' },
      },
    });
    const app = await openMigtui(project.root);
    await app.sees('2 pending');
    await app.press('u');
    await app.sees('2 steps');
    await app.press('Enter');
    await app.sees('relation "missing" does not exist');
    await app.sees('42P01');
    await app.sees('alter table missing add column x int');
    await app.press('Esc');
    await app.sees('0 applied');
    expect(await database.query(`select to_regclass('fine') as there`)).toEqual([{ there: null }]);
    await app.press('q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);
  });
});

describe('the terminal is as it was found', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: { Migration20260101000000_slow: { up: 'select pg_sleep(600)', down: 'select 1' } },
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('after %s', async signal => {
    const app = await openMigtui(project.root);
    await app.sees('1 pending');
    app.kill(signal);
    await app.exit;
    expect(await app.restored()).toEqual(asFound);
  });

  it('after the engine crashed, which is told and mended with r', async () => {
    const app = await openMigtui(project.root);
    await app.sees('1 pending');
    const [engine] = await childrenOf(app.pid());
    process.kill(engine as number, 'SIGKILL');
    await app.sees(/engine/i);
    await app.sees('SIGKILL');
    await app.press('r');
    await app.sees('1 pending');
    await app.press('q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);
  });

  it('when the terminal window closes during a run: the statement is cancelled and nothing is left', async () => {
    const app = await openMigtui(project.root);
    await app.sees('1 pending');
    await app.press('u');
    await app.sees('1 step');
    await app.press('Enter');
    await app.sees('pg_sleep');
    app.hangUp();
    await expect
      .poll(
        () =>
          database.query(
            `select from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`,
          ),
        {
          timeout: 20_000,
        },
      )
      .toHaveLength(0);
    // the very first run was rolled back whole, MikroORM's table included
    expect(await database.query(`select to_regclass('mikro_orm_migrations') as there`)).toEqual([
      { there: null },
    ]);
  });
});

async function childrenOf(pid: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises');
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(' ').map(Number);
}
