import { afterEach, describe, expect, test } from 'vitest';
import type { FleetEvent } from '../../src/engine/api.ts';
import type { Failure } from '../../src/foundation/failure.ts';
import {
  closeAll,
  failsIn,
  fleetOf,
  migrations,
  one,
  openFleet,
  three,
  toHead,
  two,
  upgradeFleet,
} from './support.ts';

afterEach(closeAll);

describe('a plan', () => {
  test('groups targets by their steps, planned for the largest one, and leaves out invalid ones', async () => {
    const fleet = await fleetOf({
      tenant_1: [one],
      tenant_2: [one],
      tenant_3: [one, two],
      tenant_4: [one, two, three],
      tenant_5: [one],
    });
    await fleet.database.query(`insert into tenant_2.chats (title) select 'x' from generate_series(1, 5000); analyze tenant_2.chats;
      comment on table tenant_5.mikro_orm_migrations is 'migtui: begun and not settled [{"revision":"${two}","action":"up","run":"00000000-0000","since":"2026-01-01T00:00:00Z","who":"ana","error":null,"invalidBefore":[]}]'`);
    const plan = await (await openFleet(fleet)).fleetPlan({
      ...toHead,
      waves: [{ name: 'canary', targets: 2 }],
    });
    expect(plan.groups.map(({ targets, largest }) => ({ targets, largest }))).toEqual([
      { targets: ['tenant_1', 'tenant_2'], largest: 'tenant_2' },
      { targets: ['tenant_3'], largest: 'tenant_3' },
    ]);
    expect(plan.groups[0]?.preview.steps.map(({ revision, preview }) => [revision, preview.sql])).toEqual([
      [two, ['alter table "chats" add column "topic" text']],
      [three, ['alter table "chats" add column "seen" timestamptz']],
    ]);
    expect(plan.there).toEqual(['tenant_4']);
    expect(plan.refused.map(({ target, failure }) => [target, failure.code])).toEqual([
      ['tenant_5', 'half-way'],
    ]);
    expect(plan.refused[0]?.failure.next).toContain(`resolve ${two} --schema tenant_5`);
    expect(plan.waves.map(({ name, targets }) => [name, targets])).toEqual([
      ['canary', ['tenant_1', 'tenant_3']],
      ['rest', ['tenant_2']],
    ]);
    expect(await fleet.applied('tenant_1')).toEqual([one]);
  });

  test('a typo is an error and not a list of refusals', async () => {
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [] });
    const engine = await openFleet(fleet);
    const failure = await engine
      .fleetPlan({ ...toHead, plan: { command: 'upgrade', targets: ['haed'] } })
      .catch((error: Failure) => error.code);
    expect(failure).toBe('unknown-target');
  });

  test('a typo is an error, also if some targets cannot be planned for at all', async () => {
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [] });
    await fleet.database.query(
      `comment on table tenant_2.mikro_orm_migrations is 'migtui: begun and not settled [{"revision":"${two}","action":"up","run":"00000000-0000","since":"2026-01-01T00:00:00Z","who":"ana","error":null,"invalidBefore":[]}]'`,
    );
    const engine = await openFleet(fleet);
    const request = { ...toHead, plan: { command: 'upgrade', targets: ['haed'] } } as const;
    await expect(engine.fleetPlan(request)).rejects.toMatchObject({ code: 'unknown-target' });
    await expect(engine.fleetRehearse(request)).rejects.toMatchObject({ code: 'unknown-target' });
    const rehearsed = await engine.fleetRehearse(toHead);
    expect(rehearsed.map(({ targets, failure }) => [targets, failure?.code])).toEqual([
      [['tenant_1'], undefined],
      [['tenant_2'], 'half-way'],
    ]);
  });

  test('a name that no target has is an error', async () => {
    const engine = await openFleet(await fleetOf({ tenant_1: [one], tenant_2: [one] }));
    await expect(
      engine.fleetPlan({ ...toHead, choice: { only: ['tenant_1', 'tenant_99'] } }),
    ).rejects.toMatchObject({
      code: 'no-targets',
      message: 'The fleet has no target tenant_99.',
    });
    const plan = await engine.fleetPlan({ ...toHead, choice: { only: ['tenant_1', 'x*'] } });
    expect(plan.groups.map(({ targets }) => targets)).toEqual([['tenant_1']]);
  });
});

describe('a run', () => {
  test('upgrades every target like a single run: log rows, journal, locks', async () => {
    const fleet = await fleetOf({ tenant_1: [one], 'tenant "o\'hara"': [], tenant_3: [one, two, three] });
    const events: FleetEvent[] = [];
    const result = await upgradeFleet(await openFleet(fleet, event => events.push(event)));
    expect(result.counts).toEqual({ done: 2, there: 1, failed: 0, 'not tried': 0 });
    expect(await fleet.applied('tenant_1')).toEqual([one, two, three]);
    expect(await fleet.applied('tenant "o\'hara"')).toEqual([one, two, three]);
    const journal = await fleet.database.query<{ ledger: string; n: string }>(
      `select ledger, count(*)::text as n from migtui.journal where outcome = 'done' group by 1 order by 1`,
    );
    expect(journal).toEqual([
      { ledger: 'tenant "o\'hara".mikro_orm_migrations', n: '3' },
      { ledger: 'tenant_1.mikro_orm_migrations', n: '2' },
    ]);
    const columns = await fleet.database.query(
      `select table_schema, count(*)::int as n from information_schema.columns where table_name = 'chats' and column_name in ('topic', 'seen') group by 1 order by 1`,
    );
    expect(columns).toMatchObject([{ n: 2 }, { n: 2 }, { n: 2 }]);
    expect(events.filter(({ kind }) => kind === 'wave-done')).toMatchObject([{ checked: 2, wrong: [] }]);
    // Nothing remains in the public schema, and repeating it does nothing.
    expect(
      await fleet.database.query(`select 1 from pg_class where relnamespace = 'public'::regnamespace`),
    ).toEqual([]);
    const again = await (await openFleet(fleet)).fleetPlan(toHead);
    expect(again).toMatchObject({ groups: [], there: expect.arrayContaining(['tenant_1']) });
  });

  test('code runs in the schema of its target', async () => {
    const coded = {
      ...migrations,
      [three]: `import { Migration } from '@mikro-orm/migrations';
export class ${three} extends Migration {
  async up() {
    for (const value of ['current_schema()']) this.addSql('insert into "chats" ("title") values (' + value + ')');
  }
}`,
    };
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] }, undefined, { migrations: coded });
    expect((await upgradeFleet(await openFleet(fleet))).counts.done).toBe(2);
    const titles = await fleet.database.query(
      'select title from tenant_1.chats union all select title from tenant_2.chats order by 1',
    );
    expect(titles).toEqual([{ title: 'tenant_1' }, { title: 'tenant_2' }]);
  });

  test('statements that code runs itself run in the schema of its target, up, down and in a rehearsal', async () => {
    const coded = {
      ...migrations,
      [three]: `import { Migration } from '@mikro-orm/migrations';
export class ${three} extends Migration {
  async up() {
    await this.execute(\`insert into "chats" ("title") values (current_schema())\`);
    await this.driver.execute(\`insert into "chats" ("title") values ('driver')\`, [], 'all', this.ctx);
  }
  async down() {
    await this.execute('delete from "chats"');
  }
}`,
    };
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] }, undefined, { migrations: coded });
    await fleet.database.query('create table public.chats (id serial, title text)');
    const engine = await openFleet(fleet);
    expect(await engine.fleetRehearse(toHead)).toMatchObject([{ rehearsal: { ok: true } }]);
    expect((await upgradeFleet(engine)).counts.done).toBe(2);
    const titles = (): Promise<object[]> =>
      fleet.database.query(
        `select title from tenant_1.chats union all select title from tenant_2.chats union all select 'public' from public.chats order by 1`,
      );
    expect(await titles()).toEqual(['driver', 'driver', 'tenant_1', 'tenant_2'].map(title => ({ title })));
    const back = await upgradeFleet(engine, { plan: { command: 'downgrade', targets: ['-1'] } });
    expect(back.counts.done).toBe(2);
    expect(await titles()).toEqual([]);
  });

  test('a percentage of failures is one of all targets, those already there included', async () => {
    const fleet = await fleetOf(
      {
        ...Object.fromEntries([4, 5, 6, 7, 8].map(at => [`tenant_${at}`, [one, two, three]])),
        ...Object.fromEntries([1, 2, 3].map(at => [`tenant_${at}`, [one, two]])),
      },
      undefined,
      { migrations: { ...migrations, [three]: failsIn('tenant_1') } },
    );
    const engine = await openFleet(fleet);
    const options = { onError: 'continue', maxFailures: 20 } as const;
    const result = await upgradeFleet(engine, { parallel: 1 }, options);
    expect(result.counts).toEqual({ done: 2, there: 5, failed: 1, 'not tried': 0 });
    expect(result.stopped).toBeNull();
  });

  test('a target that a cancel leaves half-way has failed', async () => {
    const slow = {
      ...migrations,
      [three]: {
        up: ['create table "half" ("id" int)', 'select pg_sleep(60)'],
        transactional: false as const,
      },
    };
    const fleet = await fleetOf(
      {},
      { targets: { databases: { query: 'select current_database() as name' } } },
      { migrations: slow },
    );
    const seen = Promise.withResolvers<void>();
    const engine = await openFleet(fleet, event => {
      if (event.kind === 'run' && event.event.kind === 'step' && event.event.step === 0) seen.resolve();
    });
    const only = await engine.fleetPlan({ ...toHead, plan: { command: 'upgrade', targets: [two] } });
    await engine.fleetRun(only.id, { run: {} });
    const running = upgradeFleet(engine);
    await seen.promise;
    await engine.fleetCancel('rollback');
    const result = await running;
    expect(result.counts).toEqual({ done: 0, there: 0, failed: 1, 'not tried': 0 });
    expect(result.errors[0]?.failure.message).toContain('may be partly done');
  });

  test('a failure stops the rest, and the same command continues', async () => {
    const fleet = await fleetOf(
      Object.fromEntries([1, 2, 3, 4, 5].map(at => [`tenant_${at}`, [one, two]])),
      { targets: { schemas: 'tenant_*' } },
      { migrations: { ...migrations, [three]: failsIn('tenant_3') } },
    );
    const engine = await openFleet(fleet);
    const result = await upgradeFleet(engine, { parallel: 1 });
    expect(result.targets.map(({ outcome }) => outcome)).toEqual([
      'done',
      'done',
      'failed',
      'not tried',
      'not tried',
    ]);
    expect(result.stopped).toBe('tenant_3 failed.');
    expect(result.errors).toMatchObject([
      { failure: { message: expect.stringContaining('no more space for tenant_3') }, targets: ['tenant_3'] },
    ]);
    expect(await fleet.applied('tenant_3')).toEqual([one, two]);
    const on = await upgradeFleet(engine, {}, { onError: 'continue' });
    expect(on.counts).toEqual({ done: 2, there: 2, failed: 1, 'not tried': 0 });
    expect(on.stopped).toBeNull();
  });

  test('a target that has the new column already: the suggested command addresses this target', async () => {
    const fleet = await fleetOf({ tenant_1: [one, two] }, { targets: { schemas: 'tenant_*' } });
    await fleet.database.query('alter table tenant_1.chats add column seen timestamptz');
    const { errors } = await upgradeFleet(await openFleet(fleet));
    expect(errors.map(({ failure }) => failure.next)).toEqual([
      expect.stringContaining(`migtui fleet stamp ${three} --only tenant_1 `),
    ]);
  });

  test('a schema that is dropped after the plan is not created again', async () => {
    const fleet = await fleetOf({ tenant_1: [one], tenant_2: [one] });
    const engine = await openFleet(fleet);
    const plan = await engine.fleetPlan(toHead);
    await fleet.database.query('drop schema tenant_1 cascade');
    const result = await engine.fleetRun(plan.id, { run: {}, onError: 'continue' });
    expect(result.targets.map(({ target, outcome, failure }) => [target, outcome, failure?.code])).toEqual([
      ['tenant_1', 'failed', 'schema-gone'],
      ['tenant_2', 'done', undefined],
    ]);
    expect(await fleet.database.query(`select 1 from pg_namespace where nspname = 'tenant_1'`)).toEqual([]);
  });

  test('the plan that was shown runs, and never a file that was edited since', async () => {
    const fleet = await fleetOf({ tenant_1: [one] });
    const engine = await openFleet(fleet);
    const plan = await engine.fleetPlan(toHead);
    await fleet.project.addMigration(two, { up: 'drop table "chats"' });
    const result = await engine.fleetRun(plan.id, { run: {} });
    expect(result.targets[0]).toMatchObject({ outcome: 'failed', failure: { code: 'plan-changed' } });
    expect(await fleet.applied('tenant_1')).toEqual([one]);
    expect(await engine.fleetRun(plan.id, { run: {} }).catch((error: Failure) => error.code)).toBe(
      'plan-changed',
    );
  });

  test('a protected database requires its name', async () => {
    const fleet = await fleetOf({ tenant_1: [one] });
    const engine = await openFleet(fleet, undefined, { protected: true });
    const refused = await upgradeFleet(engine).catch((error: Failure) => error.code);
    expect(refused).toBe('policy');
    expect(await fleet.applied('tenant_1')).toEqual([one]);
    expect((await upgradeFleet(engine, {}, { confirm: [fleet.database.name] })).counts.done).toBe(1);
  });
});
