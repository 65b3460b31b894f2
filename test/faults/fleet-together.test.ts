import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FleetEvent } from '../../src/engine/api.ts';
import {
  closeAll,
  fleetOf,
  fleetProject,
  migrations,
  one,
  openFleet,
  three,
  toHead,
  two,
  upgradeFleet,
} from '../fleet/support.ts';
import { type MigrationSketch, makeProject } from '../support/project.ts';
import { type ProxiedConnection, silentProxy } from '../support/silent-proxy.ts';

/*
 * Most targets of a fleet run in two round trips: in one transaction that holds the lock, the statements, the log rows
 * and the journal. Whatever differs from the plan goes the ordinary way.
 */

afterEach(closeAll);

/** A fleet of three schemas at the first revision, whose third revision is replaced. */
const fleetWith = (third: MigrationSketch) =>
  fleetOf({ tenant_1: [one], tenant_2: [one], tenant_3: [one] }, undefined, {
    migrations: { ...migrations, [three]: third },
  });

/** The number of transactions that wrote the log rows and the journal of each target. */
const writers = `select l.schema, count(distinct x)::int as transactions from (
    select 'tenant_1' as schema, xmin::text as x from tenant_1.mikro_orm_migrations where name <> '${one}'
    union all select 'tenant_2', xmin::text from tenant_2.mikro_orm_migrations where name <> '${one}'
    union all select 'tenant_3', xmin::text from tenant_3.mikro_orm_migrations where name <> '${one}'
    union all select split_part(ledger, '.', 1), xmin::text from migtui.journal
    union all select n.nspname, a.xmin::text from pg_attribute a join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace where c.relname = 'chats' and a.attname = 'topic'
  ) l group by 1 order by 1`;

/** An upgrade whose connection is lost between the commit of tenant_2 and its answer. @param meanwhile SQL */
async function loseCommit(meanwhile = 'select 1') {
  const fleet = await fleetWith(migrations[three] as MigrationSketch);
  let lost: ProxiedConnection | undefined;
  const proxy = await silentProxy(fleet.database.url, (connection, piece) => {
    if (!/"migtui"\."journal".*tenant_2.*commit/s.test(piece)) return;
    lost = connection;
    connection.muteToClient = true;
  });
  const through = await makeProject(fleetProject(proxy.through(fleet.database.url)));
  const running = upgradeFleet(await openFleet({ ...fleet, project: through }), { parallel: 1 });
  await vi.waitFor(async () => {
    expect(lost).toBeDefined();
    expect(await fleet.applied('tenant_2')).toEqual([one, two, three]);
  }, 20_000);
  await fleet.database.query(meanwhile);
  Object.assign(lost ?? {}, { muteToClient: false });
  await fleet.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'commit'
        and pid <> pg_backend_pid()`,
  );
  const result = await running;
  await proxy.close();
  return { fleet, result };
}

describe('a plan of plain statements', () => {
  test('changes, log rows and journal of a target are one transaction', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    expect((await upgradeFleet(await openFleet(fleet))).counts.done).toBe(3);
    expect(await fleet.database.query(writers)).toEqual(
      ['tenant_1', 'tenant_2', 'tenant_3'].map(schema => ({ schema, transactions: 1 })),
    );
    const journal = await fleet.database.query<{ row: string }>(
      `select revision || ' ' || outcome as row from migtui.journal where ledger like 'tenant_2.%' order by seq`,
    );
    expect(journal.map(({ row }) => row)).toEqual([`${two} done`, `${three} done`]);
  });

  test('a target takes two round trips', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const pieces = new Map<ProxiedConnection, string[]>();
    const proxy = await silentProxy(fleet.database.url, (connection, piece) => {
      pieces.set(connection, [...(pieces.get(connection) ?? []), piece]);
    });
    const through = await makeProject(fleetProject(proxy.through(fleet.database.url)));
    const engine = await openFleet({ ...fleet, project: through });
    const plan = await engine.fleetPlan(toHead);
    pieces.clear();
    expect((await engine.fleetRun(plan.id, { run: {} })).counts.done).toBe(3);
    await proxy.close();
    const sent = [...pieces.values()].flat();
    const work = sent.filter(piece => /"topic"|"seen"|commit/.test(piece) && !piece.includes('read only'));
    expect(work.filter(piece => /set_config.*"topic".*"seen"/s.test(piece))).toHaveLength(3);
    expect(work.filter(piece => /"migtui"\."journal".*commit/s.test(piece))).toHaveLength(3);
    expect(work).toHaveLength(6);
  });

  test('a mark of another process since the plan is noticed', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const engine = await openFleet(fleet);
    const plan = await engine.fleetPlan(toHead);
    const mark = [{ revision: two, action: 'up', run: 'x', since: new Date().toISOString(), who: 'ana' }];
    await fleet.database.query(
      `comment on table tenant_2.mikro_orm_migrations is 'migtui: begun and not settled ${JSON.stringify(mark)}'`,
    );
    expect((await engine.fleetRun(plan.id, { run: {} })).counts.done).toBe(3);
    const [comment] = await fleet.database.query<{ c: string | null }>(
      `select obj_description('tenant_2.mikro_orm_migrations'::regclass, 'pg_class') as c`,
    );
    expect(comment?.c ?? '').not.toContain(two);
  });

  test('a revision that was applied since the plan is not run again', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const engine = await openFleet(fleet);
    const plan = await engine.fleetPlan(toHead);
    await fleet.database.query(
      `alter table tenant_2.chats add column topic text; insert into tenant_2.mikro_orm_migrations (name) values ('${two}')`,
    );
    expect((await engine.fleetRun(plan.id, { run: {} })).counts.done).toBe(3);
    expect(await fleet.applied('tenant_2')).toEqual([one, two, three]);
    const runs = await fleet.database.query(
      `select revision from migtui.journal where ledger like 'tenant_2.%' order by seq`,
    );
    expect(runs).toEqual([{ revision: three }]);
  });

  test('a server that does not answer the first message is reported, and nothing is changed', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const proxy = await silentProxy(fleet.database.url, (_, piece, self) => {
      if (/pg_try_advisory_xact_lock.*"topic"/s.test(piece)) self.muteAll();
    });
    const through = await makeProject(fleetProject(proxy.through(fleet.database.url)));
    const engine = await openFleet({ ...fleet, project: through }, undefined, {
      network: { answerTimeout: 1_000, connectTimeout: 1_000 },
    });
    const result = await upgradeFleet(engine, { parallel: 1 });
    await proxy.close();
    expect(result.counts.done).toBe(0);
    expect(result.errors[0]?.failure).toMatchObject({ message: expect.stringMatching(/answer/) });
    for (const schema of ['tenant_1', 'tenant_2', 'tenant_3']) {
      expect(await fleet.applied(schema)).toEqual([one]);
    }
  });

  test('the statement that fails is named, and its target keeps nothing of it', async () => {
    const fleet = await fleetWith({
      up: [
        'alter table "chats" add column "seen" int',
        'create unique index "one_title" on "chats" ("title")',
      ],
    });
    await fleet.database.query(`insert into tenant_2.chats (title) values ('same'), ('same')`);
    const result = await upgradeFleet(await openFleet(fleet), {}, { onError: 'continue' });
    expect(result.counts).toEqual({ done: 2, there: 0, failed: 1, 'not tried': 0 });
    const [error] = result.errors;
    expect(error?.targets).toEqual(['tenant_2']);
    expect(error?.failure.message).toContain(three);
    expect(error?.failure.sql?.statement).toContain('create unique index "one_title"');
    expect(await fleet.applied('tenant_2')).toEqual([one]);
    const left = await fleet.database.query(
      `select 1 from information_schema.columns where table_schema = 'tenant_2' and column_name in ('topic', 'seen')`,
    );
    expect(left).toEqual([]);
    const journal = await fleet.database.query<{ row: string }>(
      `select revision || ' ' || outcome as row from migtui.journal where ledger like 'tenant_2.%' order by seq`,
    );
    expect(journal.map(({ row }) => row)).toEqual([`${two} rolled back`, `${three} failed`]);
  });

  test('a constraint that is checked at the commit fails there', async () => {
    const fleet = await fleetWith({
      up: [
        'create table "parents" ("id" int primary key)',
        'alter table "chats" add column "parent" int references "parents" deferrable initially deferred',
        `update "chats" set "parent" = 7`,
      ],
    });
    await fleet.database.query(`insert into tenant_3.chats (title) values ('orphan')`);
    const result = await upgradeFleet(await openFleet(fleet), {}, { onError: 'continue' });
    expect(result.counts).toMatchObject({ done: 2, failed: 1 });
    expect(result.errors[0]?.failure.message).toMatch(/foreign key/);
    expect(await fleet.applied('tenant_3')).toEqual([one]);
  });

  test('a commit whose answer was lost counts', async () => {
    const { fleet, result } = await loseCommit();
    expect(result.counts).toEqual({ done: 3, there: 0, failed: 0, 'not tried': 0 });
    const journal = await fleet.database.query(
      `select 1 from migtui.journal where ledger like 'tenant_2.%' and outcome = 'done'`,
    );
    expect(journal).toHaveLength(2);
  });

  test('a commit whose answer was lost counts, though another run has gone on since', async () => {
    const { fleet } = await loseCommit(
      `insert into tenant_2.mikro_orm_migrations (name) values ('of_another_run')`,
    );
    const journal = await fleet.database.query(
      `select outcome, count(*)::int from migtui.journal where ledger like 'tenant_2.%' group by 1`,
    );
    expect(journal).toEqual([{ outcome: 'done', count: 2 }]);
  });

  test('a trigger that changes search_path does not affect the next revision', async () => {
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] }, undefined, {
      migrations: {
        ...migrations,
        [two]: { up: `insert into "chats" ("title") values ('x')` },
        [three]: { up: 'create table "made" ("id" int)' },
      },
    });
    await fleet.database.query(
      `create function tenant_1.leaves() returns trigger language plpgsql as
         $$ begin perform set_config('search_path', 'public', true); return new; end $$;
       create trigger leaves after insert on tenant_1.chats for each row execute function tenant_1.leaves()`,
    );
    expect((await upgradeFleet(await openFleet(fleet))).counts.done).toBe(2);
    const made = await fleet.database.query(
      `select table_schema as schema from information_schema.tables where table_name = 'made' order by 1`,
    );
    expect(made).toEqual([{ schema: 'tenant_1' }, { schema: 'tenant_2' }]);
    const journal = await fleet.database.query(
      `select ledger, count(*)::int from migtui.journal where outcome = 'done' group by 1 order by 1`,
    );
    expect(journal.map(({ count }) => count)).toEqual([2, 2]);
  });

  test.each([[], ['select 1']])(
    'a temporary table of a target is not found by the next one (%s)',
    async (...others) => {
      const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one], tenant_3: [one] }, undefined, {
        migrations: {
          ...migrations,
          [two]: {
            up: [...others, 'create temp table if not exists "staging" as select "title" from "chats"'],
          },
          [three]: { up: 'create table "copy" as select * from "staging"' },
        },
      });
      const tenants = ['tenant_1', 'tenant_2', 'tenant_3'];
      for (const tenant of tenants) {
        await fleet.database.query(`insert into ${tenant}.chats (title) values ('${tenant}')`);
      }
      expect((await upgradeFleet(await openFleet(fleet), { parallel: 1 })).counts.done).toBe(3);
      for (const tenant of tenants) {
        expect(await fleet.database.query(`select title from ${tenant}.copy`)).toEqual([{ title: tenant }]);
      }
    },
  );

  test('settings that a revision makes for its session do not affect the next target', async () => {
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] }, undefined, {
      migrations: {
        ...migrations,
        [two]: { up: `create table "zone" as select current_setting('timezone') as "zone"` },
        [three]: {
          up: [
            `set timezone = 'Asia/Kathmandu'`,
            'set check_function_bodies = off',
            `select set_config('search_path', '', false)`,
          ],
        },
      },
    });
    expect((await upgradeFleet(await openFleet(fleet), { parallel: 1 })).counts.done).toBe(2);
    const [first, second] = await Promise.all(
      ['tenant_1', 'tenant_2'].map(schema => fleet.database.query(`select zone from ${schema}.zone`)),
    );
    expect(second).toEqual(first);
  });

  test('a role that may only read the journal migrates without it', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    expect((await upgradeFleet(await openFleet(fleet), { choice: { only: ['tenant_1'] } })).counts.done).toBe(
      1,
    );
    const tenants = ['tenant_1', 'tenant_2', 'tenant_3'];
    const role = await fleet.database.createRole({ may: 'all', schemas: [...tenants, 'migtui'] });
    for (const schema of tenants) {
      await fleet.database.query(`alter table ${schema}.chats owner to "${role.name}"`);
    }
    await fleet.database.query(`revoke insert, update on migtui.journal from "${role.name}"`);
    const limited = await makeProject(fleetProject(role.url));
    const notices: string[] = [];
    const engine = await openFleet({ ...fleet, project: limited }, event => {
      if (event.kind === 'run' && event.event.kind === 'notice') notices.push(event.event.code);
    });
    expect((await upgradeFleet(engine)).counts).toMatchObject({ done: 2, failed: 0 });
    expect(notices).toEqual(['no-journal', 'no-journal']);
  });

  test('a locked migrations table affects only its target', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const holder = await fleet.database.connect();
    await holder.query('begin; lock table tenant_2.mikro_orm_migrations in access exclusive mode');
    const result = await upgradeFleet(await openFleet(fleet), {}, { onError: 'continue' });
    await holder.query('rollback');
    await holder.end();
    expect(result.counts).toEqual({ done: 2, there: 0, failed: 1, 'not tried': 0 });
    expect(result.errors[0]?.failure.message).toBe(
      'Another session has locked tenant_2.mikro_orm_migrations.',
    );
  });

  test('a target that cannot be checked after its commit stays done', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const [holder, blocker] = [await fleet.database.connect(), await fleet.database.connect()];
    await blocker.query('begin; lock table tenant_3.chats in access exclusive mode');
    const notices: string[] = [];
    const engine = await openFleet(fleet, event => {
      if (event.kind === 'notice') notices.push(event.message);
      // The last target waits until the table of the first one is locked.
      if (event.kind === 'target-done' && event.result.target === 'tenant_1') {
        void holder
          .query('begin; lock table tenant_1.mikro_orm_migrations in access exclusive mode')
          .then(() => blocker.query('rollback'));
      }
    });
    const result = await upgradeFleet(engine, { parallel: 1 }, { run: { lockTimeout: 60_000 } });
    await Promise.all([holder.end(), blocker.end()]);
    expect(result.counts).toEqual({ done: 3, there: 0, failed: 0, 'not tried': 0 });
    expect(notices.filter(text => text.startsWith('tenant_1 was migrated'))).toHaveLength(1);
  });

  test('a busy lock is retried, and the target is migrated once', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const holder = await fleet.database.connect();
    await holder.query('begin; lock table tenant_2.chats in access share mode');
    const events: FleetEvent[] = [];
    const engine = await openFleet(fleet, event => {
      events.push(event);
      if (event.kind === 'run' && event.event.kind === 'retry') void holder.query('rollback').catch(() => {});
    });
    const result = await upgradeFleet(engine, {}, { run: { lockTimeout: 200 } });
    await holder.end();
    expect(result.counts.done).toBe(3);
    expect(events.some(event => event.kind === 'run' && event.event.kind === 'retry')).toBe(true);
    expect(await fleet.applied('tenant_2')).toEqual([one, two, three]);
  });

  test('a cancel while it waits for the state stops the statement after it', async () => {
    const fleet = await fleetWith({ up: 'create table "slow" as select 1 as "one" from pg_sleep(60)' });
    const engine = await openFleet(fleet);
    const plan = await engine.fleetPlan({ ...toHead, choice: { only: ['tenant_1'] } });
    const holder = await fleet.database.connect();
    await holder.query('begin; lock table tenant_1.mikro_orm_migrations in access exclusive mode');
    const run = engine.fleetRun(plan.id, { run: { lockTimeout: 30_000 } });
    await vi.waitFor(async () => {
      const waiting = await fleet.database.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      expect(waiting).toHaveLength(1);
    }, 20_000);
    const cancelled = engine.fleetCancel('rollback');
    await new Promise(setImmediate);
    await holder.query('rollback');
    await holder.end();
    const started = performance.now();
    const result = await run;
    await cancelled;
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(result.counts.done).toBe(0);
    expect(await fleet.applied('tenant_1')).toEqual([one]);
  });

  test('a revision with settings for later ones is not pipelined', async () => {
    const fleet = await fleetOf({ tenant_1: [one] }, undefined, {
      migrations: {
        ...migrations,
        [two]: { up: [`set local lock_timeout = '7s'`, 'alter table "chats" add column "topic" text'] },
        [three]: {
          up: `alter table "chats" add column "seen" text default current_setting('lock_timeout')`,
        },
      },
    });
    await fleet.database.query(`insert into tenant_1.chats (title) values ('x')`);
    expect((await upgradeFleet(await openFleet(fleet))).counts.done).toBe(1);
    expect(await fleet.database.query('select seen from tenant_1.chats')).toEqual([{ seen: '5s' }]);
  });

  test('another run on the target is waited for', async () => {
    const fleet = await fleetWith(migrations[three] as MigrationSketch);
    const [first, second] = [await openFleet(fleet), await openFleet(fleet)];
    const plans = await Promise.all(
      [first, second].map(engine =>
        engine.fleetPlan({ choice: {}, plan: { command: 'upgrade', targets: ['head'] } }),
      ),
    );
    const results = await Promise.all(
      [first, second].map((engine, at) => engine.fleetRun(plans[at]!.id, { run: {} })),
    );
    for (const { counts } of results) expect(counts.done + counts.there).toBe(3);
    expect(results.reduce((sum, { counts }) => sum + counts.done, 0)).toBe(3);
    for (const schema of ['tenant_1', 'tenant_2', 'tenant_3']) {
      expect(await fleet.applied(schema)).toEqual([one, two, three]);
    }
  });
});
