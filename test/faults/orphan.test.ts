import { expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { expectNoPassword, journalled, makeFaultProject, said, startAgent } from './support.ts';

const sleeps = 'Migration20260101000000_sleeps';
const builds = 'Migration20260102000000_builds';

const onEvent = (event: EngineEvent): void => void said.push(JSON.stringify(event));

/** Kills a runner while its statement is running, and runs again. */
async function killWhile(
  database: Database,
  migrations: Parameters<typeof makeFaultProject>[0],
  sql: string,
) {
  const project = await makeFaultProject(migrations, journalled);
  const agent = await startAgent();
  const dying = agent.order({ root: project.root, url: database.url });
  for (;;) {
    const [row] = await database.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like $1`,
      [`%${sql}%`],
    );
    if (row?.n) break;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  agent.kill();
  await dying;
  process.env.FAULT_URL = database.url;
  return openEngine({ root: project.root }, onEvent);
}

test('the statement of a killed run ends early, and the next run does not wait for its natural end', async () => {
  const database = await createDatabase();
  const engine = await killWhile(
    database,
    {
      [sleeps]: {
        up: [
          'create table "t" ("id" int)',
          "select pg_sleep(600) where not exists (select from pg_class where relname = 'awake')",
        ],
      },
    },
    'pg_sleep(600)',
  );
  await database.query('create table awake ()');
  const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
  const started = performance.now();
  expect(await engine.run(preview, {})).toMatchObject({ failure: null, tips: [sleeps] });
  expect(performance.now() - started).toBeLessThan(20_000);
  await engine.close();
});

test('a concurrent build of a killed run is found and named', async () => {
  const database = await createDatabase();
  const blocker = await database.connect();
  await blocker.query('create table big (id int)');
  await blocker.query('begin; insert into big values (1)');
  const engine = await killWhile(
    database,
    { [builds]: { up: 'create index concurrently "big_id" on "big" ("id")', transactional: false } },
    'create index concurrently',
  );
  // The index build waits for an open transaction: only the server's check of its client ends it.
  for (;;) {
    const overview = await engine.overview();
    const [row] = await database.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where query like 'create index concurrently%' and state = 'active' and pid <> pg_backend_pid()`,
    );
    if (row?.n) continue;
    expect(overview.unsettled).toMatchObject([
      { revision: builds, action: 'up', invalidIndexes: ['public.big_id'] },
    ]);
    break;
  }
  await blocker.query('commit');
  await database.query('drop index big_id');
  await engine.resolveRevision(builds, 'not-applied');
  const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
  expect(await engine.run(preview, {})).toMatchObject({ failure: null, unsettled: [] });
  await engine.close();
  await blocker.end();
});

test('a commit whose answer was lost is recognised as done', async () => {
  const database = await createDatabase();
  const waits = 'Migration20260103000000_waits';
  // A commit that waits for a standby that never answers; if it is ended there, it stays committed, and its
  // client never learns that.
  await database.query(`alter system set synchronous_standby_names = 'nobody'`);
  await database.query('select pg_reload_conf()');
  try {
    const project = await makeFaultProject({
      [waits]: { up: ['create table "waited" ("id" int)', 'set local synchronous_commit = on'] },
    });
    process.env.FAULT_URL = database.url;
    const engine = await openEngine({ root: project.root }, onEvent);
    const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
    const running = engine.run(preview, {});
    for (;;) {
      const ended = await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and datname = current_database()`,
      );
      if (ended.length > 0) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    expect(await running).toMatchObject({ failure: null, steps: [{ outcome: 'done' }], tips: [waits] });
    expect(await database.query(`select to_regclass('waited') is not null as there`)).toEqual([
      { there: true },
    ]);
    await engine.close();
  } finally {
    await database.query('alter system reset synchronous_standby_names');
    await database.query('select pg_reload_conf()');
  }
});

test('no password in any output', () => expectNoPassword(1_000));
